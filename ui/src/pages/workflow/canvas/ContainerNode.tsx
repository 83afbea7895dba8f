// A container with its bodies in place: each a lane that nodes stand in.
import { ChevronDown, Plus } from "lucide-react";
import { memo } from "react";
import { withGraph, bodyAt } from "@/model/path";
import { setShape } from "@/model/operations/move";
import { edited } from "@/model/operations/edit";
import { nodeTitle } from "@/model/workflow";
import { attempt } from "@/pages/workflow/canvas/attempt";
import card from "@/components/graph/Card.module.css";
import type { NodeProps } from "@/components/graph/flow";
import { useFace } from "@/components/graph/useFace";
import type { FlowNode } from "@/pages/workflow/canvas/flowNodes";
import classes from "@/pages/workflow/canvas/Container.module.css";
import { OrderSpots } from "@/pages/workflow/canvas/OrderSpots";
import { Port } from "@/pages/workflow/canvas/Port";
import type { Lane, SceneNode } from "@/pages/workflow/canvas/scene";
import { runFaces } from "@/pages/workflow/canvas/runFaces";
import small from "@/pages/workflow/canvas/Small.module.css";
import { NodeHead, toneOf } from "@/pages/workflow/canvas/StepNode";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

const LANE_NAMES = { body: "Body", catch: "When it fails", finally: "In the end" };

export const ContainerNode = memo(function ContainerNode({ data, selected }: NodeProps<FlowNode>) {
  const { id, node, type, ports, lanes, width, height } = data.scene;
  const face = useFace(runFaces, id);
  if (node === undefined) return null;
  return (
    <div
      className={card.card}
      role="group"
      data-kind="container"
      data-tone={toneOf(face)}
      aria-label={`${nodeTitle(node)}, ${type?.title ?? node.type}`}
      data-selected={selected || undefined}
      aria-current={selected || undefined}
      data-off={node.disabled || undefined}
      style={{ width, height }}
    >
      <div className={`${classes.containerHead ?? ""} treadle-container-head`}>
        <NodeHead path={id} node={node} category={type?.category} typeTitle={type?.title ?? node.type} face={face} />
        <MissingBodies scene={data.scene} />
        <button
          type="button"
          className={`${small.small ?? ""} nodrag`}
          tabIndex={-1}
          aria-label={`Close ${nodeTitle(node)}`}
          title="Close"
          onClick={() => attempt((workflow) => setShape(workflow, id, { collapsed: true }))}
        >
          <ChevronDown size={16} aria-hidden="true" />
        </button>
      </div>
      {lanes.map((lane) => (
        <LaneArea key={lane.name} lane={lane} isNamed={lanes.length > 1} />
      ))}
      {ports.map((spot) => (
        <Port key={`${spot.side} ${spot.name}`} path={id} spot={spot} isOutside />
      ))}
      <OrderSpots />
    </div>
  );
});

function LaneArea({ lane, isNamed }: { lane: Lane; isNamed: boolean }) {
  const isTarget = useView((view) => view.dropLane === lane.graph);
  const mayEdit = useEditor((state) => state.mode === "edit");
  const area = { left: lane.x - 16, top: lane.y - 16, width: lane.width + 32, height: lane.height + 32 };
  return (
    <>
      {isNamed && (
        <span className={classes.laneName} style={{ left: area.left, top: area.top - 22 }}>
          {LANE_NAMES[lane.name]}
        </span>
      )}
      <div className={classes.lane} data-target={isTarget || undefined} style={area}>
        {lane.isEmpty && mayEdit && (
          <button
            type="button"
            className={`${classes.fill ?? ""} nodrag nopan`}
            tabIndex={-1}
            onClick={() => setView({ palette: { graph: lane.graph, at: { x: 24, y: 0 } } })}
          >
            <Plus size={15} aria-hidden="true" /> Add the first node
          </button>
        )}
      </div>
    </>
  );
}

/** Bodies it may have and does not: `catch`, `finally`. */
function MissingBodies({ scene: { id, node, type } }: { scene: SceneNode }) {
  const mayEdit = useEditor((state) => state.mode === "edit");
  const missing = type?.bodies.filter((name) => node?.[name] === undefined) ?? [];
  if (!mayEdit || missing.length === 0) return null;
  return missing.map((name) => (
    <button
      key={name}
      type="button"
      className={`${small.small ?? ""} nodrag`}
      tabIndex={-1}
      title={`Add: ${LANE_NAMES[name]}`}
      onClick={() =>
        attempt((workflow) =>
          edited(withGraph(workflow, bodyAt(id, name), (body) => ({ ...body })), `Add ${name} to ${id}`),
        )
      }
    >
      <Plus size={13} aria-hidden="true" /> {name}
    </button>
  ));
}
