// What is being dragged, and where to. Its callbacks stay the same while it moves: with each that is another one the
// drawing library looks at all of its nodes again.
import { useMemo, useRef, useState } from "react";
import type { NodeChange } from "@/components/graph/flow";
import { sayRefusal } from "@/pages/workflow/canvas/attempt";
import { drop, dropTarget, withMembers } from "@/pages/workflow/canvas/dragging";
import type { FlowNode, Moved } from "@/pages/workflow/canvas/flowNodes";
import { takeNodes } from "@/pages/workflow/canvas/selecting";
import { here } from "@/pages/workflow/canvas/viewport";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

const NOTHING_MOVED: Moved = new Map();

export function useDrag() {
  const [moved, setMoved] = useState(NOTHING_MOVED);
  const now = useRef(moved);
  const handlers = useMemo(() => {
    const move = (next: Moved): void => {
      now.current = next;
      setMoved(next);
    };
    const onNodeDrag = (_event: unknown, node: FlowNode): void => {
      const { workflow, catalogue } = useEditor.getState();
      const { lane, wire } = dropTarget(here.scene, workflow, catalogue, now.current, node.id);
      show(lane, wire?.id);
    };
    const onNodeDragStop = (_event: unknown, node: FlowNode): void => {
      const all = now.current;
      if (all.size > 0) {
        const { workflow, catalogue, apply, seal } = useEditor.getState();
        const target = dropTarget(here.scene, workflow, catalogue, all, node.id);
        const result = apply(null, (before, types) => drop(here.scene, before, types, all, target));
        if (!result.ok && result.reason !== "Nothing moves.") sayRefusal(result);
        seal();
      }
      move(NOTHING_MOVED);
      show(undefined, undefined);
    };
    return {
      onNodesChange: (changes: readonly NodeChange<FlowNode>[]): void => {
        const at = new Map<string, { x: number; y: number }>();
        for (const change of changes) {
          if (change.type === "position" && change.position !== undefined && change.dragging) at.set(change.id, change.position);
        }
        if (at.size > 0) move(withMembers(here.scene, new Map([...now.current, ...at])));
        takeNodes(changes);
      },
      onNodeDrag,
      onNodeDragStop,
      onSelectionDragStop: (event: unknown, dragged: FlowNode[]): void => {
        if (dragged[0] !== undefined) onNodeDragStop(event, dragged[0]);
      },
    };
  }, []);
  return { moved, handlers };
}

function show(dropLane: string | undefined, dropWire: string | undefined): void {
  const view = useView.getState();
  if (view.dropLane !== dropLane || view.dropWire !== dropWire) setView({ dropLane, dropWire });
}
