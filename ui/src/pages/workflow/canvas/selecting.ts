// What the drawing library says is selected, taken into the store. A folded group stands for its nodes.
import type { NodeChange } from "@/components/graph/flow";
import type { NodePath } from "@/model/path";
import { type FlowNode, wireKey } from "@/pages/workflow/canvas/flowNodes";
import { membersOf, type Scene } from "@/pages/workflow/canvas/scene";
import { here } from "@/pages/workflow/canvas/viewport";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function takeNodes(changes: readonly NodeChange<FlowNode>[]): void {
  const chosen = new Map<string, boolean>();
  for (const change of changes) if (change.type === "select") chosen.set(change.id, change.selected);
  if (chosen.size === 0) return;
  const { selection, wires, select } = useEditor.getState();
  // Clicking a node lets go of the wires; the library tells of those itself.
  select(selectedAfter(here.scene, selection, chosen), wires);
}

/** One of several that are selected, clicked and not dragged, is selected alone. */
export function takeClick({ ctrlKey, metaKey, shiftKey }: { ctrlKey: boolean; metaKey: boolean; shiftKey: boolean }, id: string): void {
  const { selection, select } = useEditor.getState();
  const one = here.scene.byId.get(id);
  if (one === undefined || one.kind === "group" || ctrlKey || metaKey || shiftKey) return;
  const paths = one.kind === "folded" ? membersOf(one) : [id];
  if (selection.length > paths.length) select(paths);
}

export function selectedAfter(scene: Scene, selection: readonly NodePath[], chosen: ReadonlyMap<string, boolean>): NodePath[] {
  const after = new Set(selection);
  for (const [id, isSelected] of chosen) {
    const one = scene.byId.get(id);
    const paths = one?.kind === "folded" ? membersOf(one) : one?.node === undefined ? [] : [id];
    for (const path of isSelected ? paths : [id, ...paths]) {
      if (isSelected) after.add(path);
      else after.delete(path);
    }
  }
  return [...after];
}

export function takeWires(changes: readonly { type: string; id?: string; selected?: boolean }[]): void {
  const chosen = changes.filter((one) => one.type === "select");
  if (chosen.length === 0) return;
  const { selection, wires, select } = useEditor.getState();
  const byId = new Map(here.scene.wires.map((wire) => [wire.id, wire]));
  const after = new Map(wires.map((wire) => [wireKey(wire), wire]));
  for (const { id, selected } of chosen) {
    const wire = byId.get(id ?? "");
    if (wire?.kind !== "value") continue;
    if (selected) after.set(wireKey(wire), { graph: wire.graph, index: wire.index });
    else after.delete(wireKey(wire));
  }
  select(selection, [...after.values()]);
}
