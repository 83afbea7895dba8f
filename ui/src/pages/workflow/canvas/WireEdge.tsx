// A wire between two ports, in the colour of what it carries; a plus in its middle where the pointer is.
import { Plus } from "lucide-react";
import { memo } from "react";
import type { EdgeProps } from "@/pages/workflow/canvas/flow";
import type { FlowEdge } from "@/pages/workflow/canvas/flowNodes";
import { OUTSIDE } from "@/pages/workflow/canvas/portSpots";
import classes from "@/pages/workflow/canvas/WireEdge.module.css";
import { wirePath } from "@/pages/workflow/canvas/wirePath";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

const BUTTON = 24;

export const WireEdge = memo(function WireEdge({ sourceX, sourceY, targetX, targetY, selected, data }: EdgeProps<FlowEdge>) {
  const mayEdit = useEditor((state) => state.mode === "edit");
  const isTarget = useView((view) => view.dropWire !== undefined && view.dropWire === data?.wire.id);
  if (data === undefined) return null;
  const { wire } = data;
  const [x1, x2] = [sourceX - OUTSIDE, targetX + OUTSIDE];
  const d = wirePath(x1, sourceY, x2, targetY);
  const isOrder = wire.kind !== "value";
  return (
    <>
      <path
        className={classes.wire}
        d={d}
        data-kind={wire.kind}
        data-tint={wire.tint}
        data-selected={selected || isTarget || undefined}
        data-broken={wire.isBroken || undefined}
        data-off={wire.isOff || undefined}
      />
      {!isOrder && <path className={classes.reach} d={d} />}
      {!isOrder && mayEdit && (
        <foreignObject
          className={classes.middle}
          x={(x1 + x2) / 2 - BUTTON / 2}
          y={(sourceY + targetY) / 2 - BUTTON / 2}
          width={BUTTON}
          height={BUTTON}
        >
          <button
            type="button"
            className="nodrag nopan"
            tabIndex={-1}
            aria-label={`Insert a node between ${wire.source} and ${wire.target}`}
            onClick={(event) => {
              event.stopPropagation();
              setView({ palette: { graph: wire.graph, wire } });
            }}
          >
            <Plus size={14} aria-hidden="true" />
          </button>
        </foreignObject>
      )}
    </>
  );
});
