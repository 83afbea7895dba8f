// A wire between two ports, in the colour of what it carries; in its middle what went along it in the last run, and where
// the pointer is a plus.
import { Plus } from "lucide-react";
import { memo } from "react";
import type { EdgeProps } from "@/components/graph/flow";
import { useFace } from "@/components/graph/useFace";
import { wirePath } from "@/components/graph/wirePath";
import { WireValue } from "@/components/graph/WireValue";
import type { FlowEdge } from "@/pages/workflow/canvas/flowNodes";
import { OUTSIDE } from "@/pages/workflow/canvas/portSpots";
import { runFaces } from "@/pages/workflow/canvas/runFaces";
import type { SceneWire } from "@/pages/workflow/canvas/sceneWires";
import classes from "@/pages/workflow/canvas/WireEdge.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

const BUTTON = 24;

export const WireEdge = memo(function WireEdge({ sourceX, sourceY, targetX, targetY, selected, data }: EdgeProps<FlowEdge>) {
  if (data === undefined) return null;
  return <Wire wire={data.wire} ends={[sourceX - OUTSIDE, sourceY, targetX + OUTSIDE, targetY]} isSelected={selected === true} />;
});

interface Props {
  wire: SceneWire;
  ends: readonly [number, number, number, number];
  isSelected: boolean;
}

function Wire({ wire, ends, isSelected }: Props) {
  const mayEdit = useEditor((state) => state.mode === "edit");
  const isTarget = useView((view) => view.dropWire !== undefined && view.dropWire === wire.id);
  const face = useFace(runFaces, wire.source);
  const [x1, y1, x2, y2] = ends;
  const d = wirePath(x1, y1, x2, y2);
  const isValue = wire.kind === "value";
  const went = isValue ? face?.values?.[wire.output] : undefined;
  const value = wire.tint === "trigger" ? undefined : went;
  return (
    <>
      <path
        className={classes.wire}
        d={d}
        data-kind={wire.kind}
        data-tint={wire.tint}
        data-live={went !== undefined || undefined}
        data-selected={isSelected || isTarget || undefined}
        data-broken={wire.isBroken || undefined}
        data-off={wire.isOff || undefined}
      />
      {isValue && <path className={classes.reach} d={d} />}
      {value && (
        <g className={classes.value}>
          <WireValue ends={ends} value={value} />
        </g>
      )}
      {isValue && mayEdit && (
        <foreignObject
          className={classes.middle}
          x={(x1 + x2) / 2 - BUTTON / 2}
          y={(y1 + y2) / 2 - BUTTON / 2}
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
}
