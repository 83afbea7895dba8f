// Nodes into a container's body and out of it. What connected them across its border becomes an expression where the
// inside reads the outside; nothing outside can read the inside, so those connections go, and people are told.
import type { Catalogue } from "@/model/catalogue";
import { writeSegment } from "@/model/expression/scan";
import {
  bodyAt,
  graphAt,
  graphOf,
  idOf,
  isInside,
  nodeAt,
  nodeOf,
  ownerOf,
  withGraph,
  type GraphPath,
  type NodePath,
} from "@/model/path";
import { dataInputs, portsOf, TRIGGER } from "@/model/ports";
import { count, refuse, type Result } from "@/model/result";
import { resolve, type ResolvedConnection } from "@/model/resolve";
import { addNode, type NewNode } from "@/model/operations/add";
import { edited, named, withGroups, withoutNodes, type Edit } from "@/model/operations/edit";
import { chosenOf, withoutOutside } from "@/model/operations/fragment";
import { idProblem } from "@/model/operations/naming";
import { readersOf } from "@/model/operations/remove";
import {
  configOf,
  EMPTY_GRAPH,
  findNode,
  type BodyName,
  type Graph,
  type Workflow,
  type WorkflowNode,
} from "@/model/workflow";

/** Move nodes of one graph into another that lies inside or around it. Ids must be free there. */
export function moveToGraph(
  workflow: Workflow,
  catalogue: Catalogue,
  paths: readonly NodePath[],
  target: GraphPath,
  by: { readonly x: number; readonly y: number } = { x: 0, y: 0 },
): Result<Edit> {
  const chosen = chosenOf(workflow, paths);
  if (!chosen.ok) return chosen;
  const from = graphOf(paths[0] ?? "");
  const { graph, ids } = chosen.value;
  const problem = whyNotTo(workflow, from, ids, target);
  if (problem !== undefined) return problem;
  const links = resolve(graph, catalogue);
  const inward = isDeeper(target, from);
  const across = links.filter((one) => ids.has(one.source) !== ids.has(one.target));
  // The side that lies further in can read the other by an expression.
  const kept = across.filter((one) => (inward ? ids.has(one.target) : ids.has(one.source)));
  const written = writeReads(graph, catalogue, kept);
  const moving = shifted(withoutOutside(written.graph, ids), by);
  let after = withGraph(workflow, from, () => withoutNodes(written.graph, ids));
  after = withGraph(after, target, (there) => join(there, moving));
  if (graphAt(after, target)?.nodes.some((node) => ids.has(node.id)) !== true) return refuse("There is no such body.");
  const notes: string[] = [];
  const cut = across.length - written.count;
  if (cut > 0) notes.push(`${count(cut, "connection")} across the border removed.`);
  const where = ownerOf(target)?.container;
  if (inward && where) notes.push(...readersOf(after, catalogue, [...ids], (path) => !isInside(graphOf(path), where)));
  const label = inward && where ? `Move ${named([...ids])} into ${idOf(where)}` : `Move ${named([...ids])} out`;
  return edited(after, label, { selection: [...ids].map((id) => nodeAt(target, id)), notes });
}

export function moveIntoContainer(
  workflow: Workflow,
  catalogue: Catalogue,
  paths: readonly NodePath[],
  container: NodePath,
  body: BodyName = "body",
): Result<Edit> {
  const node = nodeOf(workflow, container);
  const type = node && catalogue.find(node.type);
  if (node === undefined || type === undefined) return refuse("There is no such container.");
  if (!type.bodies.includes(body)) return refuse(`\`${node.id}\` has no \`${body}\` to hold nodes.`);
  return moveToGraph(workflow, catalogue, paths, bodyAt(container, body));
}

/** To the graph that the container stands in. */
export function moveOutOfContainer(workflow: Workflow, catalogue: Catalogue, paths: readonly NodePath[]): Result<Edit> {
  const owner = ownerOf(graphOf(paths[0] ?? ""));
  if (owner === undefined) return refuse("The nodes stand in no container.");
  const at = nodeOf(workflow, owner.container)?.position;
  return moveToGraph(workflow, catalogue, paths, graphOf(owner.container), at ?? { x: 0, y: 0 });
}

/** A new container around nodes. */
export function wrapInContainer(
  workflow: Workflow,
  catalogue: Catalogue,
  paths: readonly NodePath[],
  container: Omit<NewNode, "graph">,
): Result<Edit> {
  const graph = graphOf(paths[0] ?? "");
  if (!catalogue.find(container.type)?.bodies.includes("body")) return refuse(`\`${container.type}\` is no container.`);
  const added = addNode(workflow, catalogue, { ...container, graph });
  if (!added.ok) return added;
  const made = added.value.selection?.[0] ?? "";
  const moved = moveIntoContainer(added.value.workflow, catalogue, paths, made);
  if (!moved.ok) return moved;
  return { ok: true, value: { ...moved.value, label: `Wrap in ${idOf(made)}`, selection: [made] } };
}

function whyNotTo(
  workflow: Workflow,
  from: GraphPath,
  ids: ReadonlySet<string>,
  target: GraphPath,
): Result<Edit> | undefined {
  if (target === from) return refuse("The nodes stand there already.");
  for (const id of ids) {
    if (isInside(target, nodeAt(from, id))) return refuse(`\`${id}\` cannot be moved into itself.`);
    // Inwards the id is known around it only because it is the node itself.
    const problem = idProblem(workflow, target, id, isDeeper(target, from) ? id : undefined);
    const isTaken = findNode(graphAt(workflow, target) ?? EMPTY_GRAPH, id) !== undefined;
    if (isTaken) return refuse(`There is already a node \`${id}\` there.`, "Rename one of them first.");
    if (problem !== undefined && isDeeper(target, from)) return problem;
  }
  const owner = ownerOf(target);
  if (owner !== undefined && nodeOf(workflow, owner.container) === undefined)
    return refuse("There is no such container.");
  return undefined;
}

function isDeeper(path: GraphPath, than: GraphPath): boolean {
  return than === "" ? path !== "" : path !== than && isInside(path, than);
}

/** The expression that reads an output: `nodes.fetch.body`. */
export function readOutput(node: string, output: string | undefined): string {
  return `nodes${writeSegment(node, false, true)}${writeSegment(output ?? "output", false)}`;
}

/** Connections to single inputs written as expressions in the config of what they lead to. */
export function writeReads(
  graph: Graph,
  catalogue: Catalogue,
  links: readonly ResolvedConnection[],
): { graph: Graph; count: number } {
  let written = 0;
  const nodes = graph.nodes.map((node) => {
    const reads: [string, string][] = [];
    for (const link of links.filter((one) => one.target === node.id)) {
      const input = dataInputs(portsOf(node, catalogue)).find((port) => port.name === link.input);
      const isFree = input && !input.collects && input !== TRIGGER && !(input.name in configOf(node));
      if (!isFree || reads.some(([name]) => name === input.name)) continue;
      reads.push([input.name, `{{ ${readOutput(link.source, link.output)} }}`]);
    }
    written += reads.length;
    return reads.length === 0 ? node : { ...node, config: { ...configOf(node), ...Object.fromEntries(reads) } };
  });
  return { graph: written === 0 ? graph : { ...graph, nodes }, count: written };
}

function shifted(graph: Graph, by: { readonly x: number; readonly y: number }): Graph {
  const shift = (node: WorkflowNode): WorkflowNode =>
    node.position === undefined
      ? node
      : { ...node, position: { ...node.position, x: node.position.x + by.x, y: node.position.y + by.y } };
  return by.x === 0 && by.y === 0 ? graph : { ...graph, nodes: graph.nodes.map(shift) };
}

function join(graph: Graph, added: Graph): Graph {
  const joined = { ...graph, nodes: [...graph.nodes, ...added.nodes] };
  const withLinks =
    added.connections.length > 0 ? { ...joined, connections: [...graph.connections, ...added.connections] } : joined;
  return withGroups(withLinks, (groups) => (added.groups ? [...groups, ...added.groups] : groups));
}
