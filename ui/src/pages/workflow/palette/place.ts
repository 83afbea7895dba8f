// Where a node goes that is added without a place: after what it is connected to, or in the middle of the wire.
import { graphAt, graphOf, idOf, nodeOf } from "@/model/path";
import { closedSize } from "@/model/geometry";
import { inGraph, endsOf } from "@/pages/workflow/canvas/geometry";
import { here } from "@/pages/workflow/canvas/viewport";
import { useEditor } from "@/pages/workflow/store/editorStore";
import type { PaletteFor } from "@/pages/workflow/store/viewStore";

const GAP = 88;
const ROW = 128;

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
  let y = node.position.y;
  const there = graphAt(workflow, graphOf(from.node))?.nodes ?? [];
  const isTaken = (): boolean =>
    there.some(
      (one) => one.id !== idOf(from.node) && one.position && Math.abs(one.position.x - x) < 200 && Math.abs(one.position.y - y) < 90,
    );
  while (isTaken()) y += ROW;
  return { x, y };
}
