// A port at the side of a node: its colour and shape say what it carries. Where a wire may end lights up while it is drawn.
import { memo } from "react";
import type { NodePath } from "@/model/path";
import { portKey, useDrawing } from "@/pages/workflow/canvas/drawing";
import { Handle, Position } from "@/components/graph/flow";
import classes from "@/pages/workflow/canvas/Port.module.css";
import type { PortSpot } from "@/pages/workflow/canvas/portSpots";

interface Props {
  path: NodePath;
  spot: PortSpot;
  /** Beside the node instead of in it. */
  isOutside?: boolean;
}

export const Port = memo(function Port({ path, spot, isOutside = false }: Props) {
  const key = portKey(path, spot.name, spot.side);
  const light = useDrawing(({ from, fits }) =>
    from === undefined ? undefined : fits.has(key) ? "fits" : from.node === path && from.port === spot.name ? "from" : "not",
  );
  const isInput = spot.side === "input";
  const isTrigger = spot.tint === "trigger";
  return (
    <>
      <Handle
        id={spot.name}
        type={isInput ? "target" : "source"}
        position={isInput ? Position.Left : Position.Right}
        className={classes.spot ?? ""}
        data-side={spot.side}
        data-tint={spot.tint}
        data-shape={spot.shape}
        data-light={light}
        data-required={spot.required || undefined}
        style={{ top: spot.y }}
        role="img"
        aria-label={`${isInput ? "Input" : "Output"} ${spot.name}, ${spot.carries}`}
        title={`${spot.name}: ${spot.carries}${spot.required ? ", required" : ""}${spot.description ? `\n${spot.description}` : ""}`}
      />
      {!isTrigger && (
        <span
          className={classes.name}
          data-side={spot.side}
          data-outside={isOutside || undefined}
          data-light={light}
          style={{ top: spot.y }}
          aria-hidden="true"
        >
          {spot.name}
          {spot.required && <i className={classes.star}>*</i>}
        </span>
      )}
    </>
  );
});
