// Where a node goes that is added without a place: after what it is connected to, or in the middle of the wire.
import { freeSpot } from "@/model/freeSpot";
import { closedSize, NODE_WIDTH } from "@/model/geometry";
import { graphOf, nodeOf } from "@/model/path";
import { inGraph, endsOf } from "@/pages/workflow/canvas/geometry";
import { here, takenIn } from "@/pages/workflow/canvas/viewport";
import { useEditor } from "@/pages/workflow/store/editorStore";
import type { PaletteFor } from "@/pages/workflow/store/viewStore";

const GAP = 88;

export function placeFor({ from, wire, replaces, graph }: PaletteFor): { x: number; y: number } | undefined {
  const { workflow, catalogue } = useEditor.getState();
  if (replaces !== undefined) return { x: 0, y: 0 };
  if (wire !== undefined) {
    const drawn = here.scene.wires.find((one) => one.graph === wire.graph && one.index === wire.index);
    const ends = drawn && endsOf(here.scene, drawn);
    if (ends === undefined) return undefined;
    const at = inGraph(here.scene, graph, (ends[0] + ends[2]) / 2, (ends[1] + ends[3]) / 2);
    return { x: at.x - 112, y: at.y - 68 };
  }
  const node = from && nodeOf(workflow, from.node);
  if (from === undefined || node?.position === undefined) return undefined;
  const { width } = closedSize(node, catalogue);
  const x = node.position.x + (from.side === "output" ? width + GAP : -width - GAP);
  const wished = { x, y: node.position.y, width: NODE_WIDTH, height: 88 };
  return freeSpot(takenIn(graphOf(from.node)), wished);
}
