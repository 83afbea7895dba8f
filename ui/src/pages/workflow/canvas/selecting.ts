// What the drawing library says is selected, taken into the store.
import type { NodeChange } from "@/pages/workflow/canvas/flow";
import { type FlowNode, wireKey } from "@/pages/workflow/canvas/flowNodes";
import { here } from "@/pages/workflow/canvas/viewport";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function takeNodes(changes: readonly NodeChange<FlowNode>[]): void {
  const chosen = new Map<string, boolean>();
  for (const change of changes) if (change.type === "select") chosen.set(change.id, change.selected);
  if (chosen.size > 0) takeSelection(chosen);
}

function takeSelection(chosen: ReadonlyMap<string, boolean>): void {
  const { selection, wires, select } = useEditor.getState();
  const after = selection.filter((path) => chosen.get(path) !== false);
  for (const [id, isSelected] of chosen) {
    const isNode = here.scene.byId.get(id)?.node !== undefined;
    if (isSelected && isNode && !after.includes(id)) after.push(id);
  }
  // Clicking a node lets go of the wires; the library tells of those itself.
  select(after, wires);
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
