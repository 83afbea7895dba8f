// Put nodes of another workflow, or copies of one's own, into a graph: new ids where needed, references with them.
import type { Catalogue } from "@/model/catalogue";
import { boxOf } from "@/model/boxes";
import { freeSpot } from "@/model/freeSpot";
import { boundsOf } from "@/model/geometry";
import { layoutGraph } from "@/model/layout";
import { sameJson, withKey } from "@/model/json";
import { graphAt, graphOf, levelsOf, nodeAt, ROOT, walk, withGraph, type GraphPath, type NodePath } from "@/model/path";
import { count, listed, refuse, type Result } from "@/model/result";
import { edited, named, withGroups, type Edit } from "@/model/operations/edit";
import { chosenOf, copyNodes, withoutOutside } from "@/model/operations/fragment";
import { idsOf, uniqueId } from "@/model/operations/naming";
import { snap, type Place } from "@/model/operations/move";
import { renameIn, renameNode } from "@/model/operations/rename";
import { removeNodes } from "@/model/operations/remove";
import { EMPTY_GRAPH, type Graph, type Group, type Workflow, type WorkflowNode } from "@/model/workflow";

export interface Target {
  readonly graph: GraphPath;
  /** Where the upper left corner goes; without it, a little beside where it was. */
  readonly at?: Place;
}

const BESIDE = 32;

export function paste(workflow: Workflow, catalogue: Catalogue, pasted: Workflow, target: Target): Result<Edit> {
  if (pasted.nodes.length === 0) return refuse("There are no nodes in it.");
  const there = graphAt(workflow, target.graph) ?? EMPTY_GRAPH;
  const known = new Set(pasted.nodes.map((node) => node.id));
  const connections = pasted.connections.filter(({ source, target: to }) => known.has(source) && known.has(to));
  const placed = place({ ...pasted, connections }, catalogue, target.at);
  const renamed = withNewIds(placed, catalogue, workflow, there);
  let after = withGraph(workflow, target.graph, (graph) => joinGraphs(graph, renamed));
  if (graphAt(after, target.graph) === undefined) return refuse("There is no such graph here.");
  const isFirst = target.graph === ROOT && there.nodes.length === 0;
  const notes: string[] = [];
  after = withInputs(after, pasted, notes);
  if (isFirst) after = adopt(after, pasted);
  after = renameInside(after, catalogue, target.graph, renamed.nodes);
  const lost = pasted.connections.length - connections.length;
  if (lost > 0) notes.push(`${count(lost, "connection")} to nodes that were not pasted left out.`);
  const ids = renamed.nodes.map((node) => node.id);
  return edited(after, `Paste ${named(ids)}`, { selection: ids.map((id) => nodeAt(target.graph, id)), notes });
}

/** Copies below the nodes, which read what those read. */
export function duplicate(workflow: Workflow, catalogue: Catalogue, paths: readonly NodePath[]): Result<Edit> {
  const chosen = chosenOf(workflow, paths);
  if (!chosen.ok) return chosen;
  const { graph, ids } = chosen.value;
  const copy: Workflow = { name: workflow.name, ...withoutOutside(graph, ids, true) };
  const at = freePlace(graph, catalogue, ids);
  const pasted = paste(workflow, catalogue, copy, { graph: graphOf(paths[0] ?? ""), ...(at ? { at } : {}) });
  return pasted.ok ? { ok: true, value: { ...pasted.value, label: `Duplicate ${named([...ids])}` } } : pasted;
}

/** Below the nodes, where nothing stands yet; undefined where they have no place of their own. */
function freePlace(graph: Graph, catalogue: Catalogue, ids: ReadonlySet<string>): Place | undefined {
  const standing = graph.nodes.filter((node) => node.position !== undefined);
  const chosen = standing.filter(({ id }) => ids.has(id));
  const around = boundsOf(chosen.map((node) => boxOf(node, catalogue)));
  return around && freeSpot(standing.map((node) => boxOf(node, catalogue)), around);
}

/** The fragment for the clipboard, and the workflow without it. */
export function cut(
  workflow: Workflow,
  catalogue: Catalogue,
  paths: readonly NodePath[],
): Result<{ readonly fragment: Workflow; readonly edit: Edit }> {
  const fragment = copyNodes(workflow, catalogue, paths);
  if (!fragment.ok) return fragment;
  const removed = removeNodes(workflow, catalogue, paths);
  if (!removed.ok) return removed;
  const label = removed.value.label.replace("Remove", "Cut");
  return { ok: true, value: { fragment: fragment.value, edit: { ...removed.value, label } } };
}

function withNewIds(pasted: Graph, catalogue: Catalogue, workflow: Workflow, there: Graph): Graph {
  const taken = idsOf(workflow);
  const names = new Map<string, string>();
  const own = idsOf(pasted);
  for (const { id } of pasted.nodes) {
    if (!taken.has(id)) continue;
    const fresh = uniqueId(id, new Set([...taken, ...own]));
    names.set(id, fresh);
    taken.add(fresh);
  }
  const groups = new Set((there.groups ?? []).map((group) => group.id));
  return withGroups(renameIn(pasted, catalogue, names), (list) =>
    list.map((group): Group => ({ ...group, id: uniqueId(group.id, groups) })),
  );
}

/** Ids inside pasted containers may be what is called so around them now. */
function renameInside(
  workflow: Workflow,
  catalogue: Catalogue,
  path: GraphPath,
  nodes: readonly WorkflowNode[],
): Workflow {
  let after = workflow;
  const around = new Set(
    levelsOf(path).flatMap((level) => graphAt(workflow, level)?.nodes.map((node) => node.id) ?? []),
  );
  const inner = nodes.flatMap((node) => [...walk({ ...EMPTY_GRAPH, nodes: [node] }, path)].slice(1));
  for (const [where, { id }] of inner.toReversed()) {
    if (!around.has(id)) continue;
    const renamed = renameNode(after, catalogue, where, uniqueId(id, idsOf(after)));
    if (renamed.ok) after = renamed.value.workflow;
  }
  return after;
}

function joinGraphs(graph: Graph, added: Graph): Graph {
  const joined = { ...graph, nodes: [...graph.nodes, ...added.nodes] };
  const connections = [...graph.connections, ...added.connections];
  return withGroups(added.connections.length > 0 ? { ...joined, connections } : joined, (groups) =>
    added.groups === undefined ? groups : [...groups, ...added.groups],
  );
}

function place(pasted: Graph, catalogue: Catalogue, at: Place | undefined): Graph {
  const isPlaced = pasted.nodes.some((node) => node.position !== undefined);
  const places = isPlaced ? undefined : layoutGraph(pasted, catalogue).places;
  const standing = (node: WorkflowNode): Place => node.position ?? places?.get(node.id) ?? { x: 0, y: 0 };
  const corner = {
    x: Math.min(...pasted.nodes.map((node) => standing(node).x)),
    y: Math.min(...pasted.nodes.map((node) => standing(node).y)),
  };
  const by = at === undefined ? { x: BESIDE, y: BESIDE } : { x: at.x - corner.x, y: at.y - corner.y };
  return {
    ...pasted,
    nodes: pasted.nodes.map((node) => {
      const { x, y } = standing(node);
      const inner = places === undefined ? {} : placeBodies(node, places);
      return { ...node, ...inner, position: { ...node.position, x: snap(x + by.x), y: snap(y + by.y) } };
    }),
  };
}

function placeBodies(node: WorkflowNode, places: ReadonlyMap<string, Place>): Partial<WorkflowNode> {
  const placed = (graph: Graph, prefix: string): Graph => ({
    ...graph,
    nodes: graph.nodes.map((inner) => {
      const found = places.get(`${prefix}/${inner.id}`);
      return { ...inner, ...bodies(inner, `${prefix}/${inner.id}`), ...(found ? { position: { ...found } } : {}) };
    }),
  });
  const bodies = (one: WorkflowNode, path: string): Partial<WorkflowNode> => ({
    ...(one.body ? { body: placed(one.body, path) } : {}),
    ...(one.catch ? { catch: placed(one.catch, `${path}.catch`) } : {}),
    ...(one.finally ? { finally: placed(one.finally, `${path}.finally`) } : {}),
  });
  return bodies(node, node.id);
}

/** The inputs that what was pasted declares, beside those that are there. */
function withInputs(workflow: Workflow, pasted: Workflow, notes: string[]): Workflow {
  const mine = workflow.inputs ?? {};
  const added = Object.entries(pasted.inputs ?? {});
  const other = added.filter(([name, schema]) => name in mine && !sameJson(schema, mine[name])).map(([name]) => name);
  if (other.length > 0) notes.push(`The workflow has its own ${listed(other)}: that is what is read now.`);
  const missing = added.filter(([name]) => !(name in mine));
  return missing.length === 0 ? workflow : { ...workflow, inputs: { ...mine, ...Object.fromEntries(missing) } };
}

/** An empty workflow becomes what is pasted into it; only its name stays. */
function adopt(workflow: Workflow, pasted: Workflow): Workflow {
  let after = workflow;
  for (const key of ["title", "description", "tags", "settings", "outputs"] as const) {
    if (after[key] === undefined && pasted[key] !== undefined) after = withKey(after, key, pasted[key] as never);
  }
  return after;
}
