// What can be done to the selection, each one step to undo. Menus, palette and shortcuts all call these.
import { type Refusal, refuse } from "@/model/result";
import { addNode } from "@/model/operations/add";
import { disconnect } from "@/model/operations/connect";
import { moveOutOfContainer } from "@/model/operations/container";
import { groupNodes, groupOf, setGroup, ungroup } from "@/model/operations/group";
import { moveNodes, snap, tidied, type Place } from "@/model/operations/move";
import { duplicate } from "@/model/operations/paste";
import { removeAndReconnect, removeNodes } from "@/model/operations/remove";
import { setShape } from "@/model/operations/move";
import { toggleDisabled } from "@/model/operations/settings";
import { freeSpot } from "@/model/freeSpot";
import { closedSize, NODE_WIDTH } from "@/model/geometry";
import { anchored, planLayout } from "@/model/layout";
import { orderOf, downstreamOf, upstreamOf } from "@/model/order";
import { graphAt, graphOf, idOf, nodeAt, nodeOf, ROOT, type GraphPath, type NodePath } from "@/model/path";
import { attempt, sayRefusal } from "@/pages/workflow/canvas/attempt";
import { inGraph, neighbour, type Direction } from "@/pages/workflow/canvas/geometry";
import { groupId, membersOf, shownAs } from "@/pages/workflow/canvas/scene";
import { layoutSoon } from "@/pages/workflow/canvas/tidy";
import { here, middle, reveal, takenIn } from "@/pages/workflow/canvas/viewport";
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

export function rename(): void {
  const [path] = chosen();
  const one = path === undefined ? undefined : here.scene.byId.get(path);
  if (one === undefined) return sayRefusal(NOTHING);
  reveal(one.id);
  setView(one.kind === "note" ? { writing: one.id } : { renaming: one.id });
}

/** Its title can be written at once. */
export function group(): void {
  const [path] = chosen();
  const made = attempt((workflow) => groupNodes(workflow, chosen()));
  const found = made.ok && path !== undefined ? groupOf(made.value.workflow, path) : undefined;
  if (found !== undefined) setView({ renaming: groupId(graphOf(path ?? ""), found.id) });
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

/** A container; or the group that a node is in. */
export function openOrClose(): void {
  const { workflow } = useEditor.getState();
  const [path] = chosen();
  const node = path === undefined ? undefined : nodeOf(workflow, path);
  if (path === undefined || node === undefined) return sayRefusal(NOTHING);
  if (node.body !== undefined) {
    attempt((now) => setShape(now, path, { collapsed: node.position?.collapsed !== true }));
    return;
  }
  const found = groupOf(workflow, path);
  if (found === undefined) return sayRefusal(refuse("Only containers and groups are opened and closed."));
  attempt((now) => setGroup(now, graphOf(path), found.id, { collapsed: found.collapsed !== true }));
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
  const next = from === undefined ? first : here.scene.byId.get(neighbour(here.scene, shownAs(here.scene, from), way) ?? "");
  if (next === undefined) return;
  select(next.kind === "folded" ? membersOf(next) : [next.id]);
  reveal(next.id);
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

const BESIDE = 88;

/** Where something new goes in a graph: right of the selected node, else in the middle of what is shown, and never on
 * top of what is there. */
export function freePlace(graph: GraphPath): Place {
  const place = freeSpot(takenIn(graph), { ...wishedPlace(graph), width: NODE_WIDTH, height: 88 });
  return { x: snap(place.x), y: snap(place.y) };
}

function wishedPlace(graph: GraphPath): Place {
  const { workflow, catalogue, selection } = useEditor.getState();
  const [path] = selection;
  const beside = path === undefined || selection.length > 1 || graphOf(path) !== graph ? undefined : nodeOf(workflow, path);
  if (beside?.position !== undefined && beside.type !== "flow.note") {
    const width = path === undefined ? undefined : here.scene.byId.get(path)?.width;
    return { x: beside.position.x + (width ?? closedSize(beside, catalogue).width) + BESIDE, y: beside.position.y };
  }
  const at = middle();
  const inside = inGraph(here.scene, graph, at.x - NODE_WIDTH / 2, at.y - 44);
  return graph === ROOT ? inside : { x: Math.max(0, inside.x), y: Math.max(0, inside.y) };
}

const NOTE_ABOVE = 152;

/** Over what it is about. */
function notePlace(graph: GraphPath): Place {
  const [path, ...others] = chosen();
  const about = path === undefined || others.length > 0 ? undefined : nodeOf(useEditor.getState().workflow, path)?.position;
  return about === undefined ? freePlace(graph) : { x: about.x, y: about.y - NOTE_ABOVE };
}

export function addNote(): void {
  const graph = currentGraph();
  const made = attempt((workflow, catalogue) =>
    addNode(workflow, catalogue, { graph, type: "flow.note", position: notePlace(graph), config: { text: "" } }),
  );
  const path = made.ok ? made.value.selection?.[0] : undefined;
  if (path === undefined) return;
  setView({ writing: path });
  requestAnimationFrame(() => requestAnimationFrame(() => reveal(path)));
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
