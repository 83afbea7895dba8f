// What can be done to the selection, each one step to undo. Menus, palette and shortcuts all call these.
import { type Refusal, refuse } from "@/model/result";
import { addNode } from "@/model/operations/add";
import { disconnect } from "@/model/operations/connect";
import { moveOutOfContainer } from "@/model/operations/container";
import { groupNodes, groupOf, ungroup } from "@/model/operations/group";
import { moveNodes, snap, tidied, type Place } from "@/model/operations/move";
import { duplicate } from "@/model/operations/paste";
import { removeAndReconnect, removeNodes } from "@/model/operations/remove";
import { setShape } from "@/model/operations/move";
import { setPinned, toggleDisabled } from "@/model/operations/settings";
import { anchored, planLayout } from "@/model/layout";
import { orderOf, downstreamOf, upstreamOf } from "@/model/order";
import { graphAt, graphOf, idOf, nodeAt, nodeOf, ROOT, type GraphPath, type NodePath } from "@/model/path";
import { hasPin } from "@/model/workflow";
import { attempt, sayRefusal } from "@/pages/workflow/canvas/attempt";
import { inGraph, neighbour, type Direction } from "@/pages/workflow/canvas/geometry";
import { layoutSoon } from "@/pages/workflow/canvas/tidy";
import { here, middle, reveal } from "@/pages/workflow/canvas/viewport";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView } from "@/pages/workflow/store/viewStore";

function chosen(): readonly NodePath[] {
  return useEditor.getState().selection;
}

const NOTHING: Refusal = refuse("Nothing is selected.");

export function remove(): void {
  const { wires, selection, select } = useEditor.getState();
  if (selection.length > 0) {
    attempt((workflow, catalogue) => removeNodes(workflow, catalogue, selection));
    return;
  }
  const [first] = wires;
  if (first === undefined) return sayRefusal(NOTHING);
  const indexes = wires.filter((wire) => wire.graph === first.graph).map((wire) => wire.index);
  attempt((workflow) => disconnect(workflow, first.graph, indexes));
  select([]);
}

export function removeReconnecting(): void {
  attempt((workflow, catalogue) => removeAndReconnect(workflow, catalogue, chosen()));
}

export function duplicateChosen(): void {
  attempt((workflow, catalogue) => duplicate(workflow, catalogue, chosen()));
}

export function switchOff(): void {
  attempt((workflow) => toggleDisabled(workflow, chosen()));
}

/** What it gave in the last run is not known here: the inspector pins that. Here a pin is taken away. */
export function unpin(): void {
  const [path] = chosen();
  const node = path === undefined ? undefined : nodeOf(useEditor.getState().workflow, path);
  if (path === undefined || node === undefined || !hasPin(node)) return sayRefusal(refuse("Nothing is pinned here."));
  attempt((workflow) => setPinned(workflow, path, undefined));
}

export function rename(): void {
  const [path] = chosen();
  const one = path === undefined ? undefined : here.scene.byId.get(path);
  if (one === undefined) return sayRefusal(NOTHING);
  reveal(one.id);
  setView(one.kind === "note" ? { writing: one.id } : { renaming: one.id });
}

export function group(): void {
  attempt((workflow) => groupNodes(workflow, chosen()));
}

export function ungroupChosen(): void {
  const { workflow } = useEditor.getState();
  const [path] = chosen();
  const found = path === undefined ? undefined : groupOf(workflow, path);
  if (path === undefined || found === undefined) return sayRefusal(refuse("The selected node is in no group."));
  attempt((now) => ungroup(now, graphOf(path), found.id));
}

export function takeOut(): void {
  attempt((workflow, catalogue) => moveOutOfContainer(workflow, catalogue, chosen()));
}

export function openOrClose(): void {
  const [path] = chosen();
  const node = path === undefined ? undefined : nodeOf(useEditor.getState().workflow, path);
  if (path === undefined || node?.body === undefined) return sayRefusal(refuse("Only a container is opened and closed."));
  attempt((workflow) => setShape(workflow, path, { collapsed: node.position?.collapsed !== true }));
}

export function selectAll(): void {
  const { workflow, selection, select } = useEditor.getState();
  const graph = graphOf(selection[0] ?? "");
  select((graphAt(workflow, graph)?.nodes ?? []).map((node) => nodeAt(graph, node.id)));
}

/** The selected node and all that it waits for, or all that wait for it. */
export function selectAlong(way: "before" | "after"): void {
  const { workflow, catalogue, selection, select } = useEditor.getState();
  const [path] = selection;
  if (path === undefined) return;
  const graph = graphOf(path);
  const order = orderOf(workflow, catalogue).get(graph) ?? new Map<string, ReadonlySet<string>>();
  const found = way === "before" ? upstreamOf(order, idOf(path)) : downstreamOf(order, idOf(path));
  select([path, ...[...found].map((id) => nodeAt(graph, id))]);
}

export function walkTo(way: Direction): void {
  const { selection, select } = useEditor.getState();
  const from = selection.at(-1);
  const first = here.scene.nodes.find((one) => one.node !== undefined);
  const next = from === undefined ? first?.id : neighbour(here.scene, from, way);
  if (next === undefined) return;
  select([next]);
  reveal(next);
}

const STEP = 8;

/** Moves the selected nodes a little: alt and the arrows. */
export function nudge(way: Direction): void {
  const { workflow } = useEditor.getState();
  const by = { left: [-STEP, 0], right: [STEP, 0], up: [0, -STEP], down: [0, STEP] }[way];
  const places = new Map<NodePath, Place>();
  for (const path of chosen()) {
    const at = nodeOf(workflow, path)?.position;
    if (at !== undefined) places.set(path, { x: at.x + (by[0] ?? 0), y: at.y + (by[1] ?? 0) });
  }
  if (places.size > 0) useEditor.getState().apply(null, (now) => moveNodes(now, places));
}

/** The graph that what is added goes to: that of the selected node. */
export function currentGraph(): GraphPath {
  const [path] = chosen();
  return path === undefined ? ROOT : graphOf(path);
}

/** Where something new goes in a graph: in the middle of what is shown, and not on top of what is there. */
export function freePlace(graph: GraphPath): Place {
  const at = middle();
  const inside = inGraph(here.scene, graph, at.x - 112, at.y - 44);
  const there = graphAt(useEditor.getState().workflow, graph)?.nodes ?? [];
  const place = { x: snap(inside.x), y: snap(inside.y) };
  const isTaken = (): boolean =>
    there.some(({ position }) => position && Math.abs(position.x - place.x) < 200 && Math.abs(position.y - place.y) < 80);
  while (isTaken()) place.y += 112;
  return graph === ROOT ? place : { x: Math.max(0, place.x), y: Math.max(0, place.y) };
}

export function addNote(): void {
  const graph = currentGraph();
  const made = attempt((workflow, catalogue) =>
    addNode(workflow, catalogue, { graph, type: "flow.note", position: freePlace(graph), config: { text: "" } }),
  );
  if (made.ok) setView({ writing: made.value.selection?.[0] });
}

/** The selected nodes, or with one or none of them all of the graph. */
export async function tidyUp(): Promise<void> {
  const { workflow, catalogue, selection } = useEditor.getState();
  const graphPath = currentGraph();
  const graph = graphAt(workflow, graphPath);
  if (graph === undefined) return;
  const only = selection.length > 1 ? new Set(selection.map(idOf)) : undefined;
  const laid = await layoutSoon(planLayout(graph, catalogue, { path: graphPath, ...(only ? { only } : {}) }));
  const places = graphPath === ROOT || only !== undefined ? anchored(graph, laid, graphPath) : laid.places;
  attempt((now) => tidied(now, places));
}
