// Add a node; on its own, at the end of a wire, or on a connection.
import type { Catalogue, NodeType } from "@/model/catalogue";
import { bestInput, bestOutput, mayConnect, type End } from "@/model/compatibility";
import type { JsonObject } from "@/model/json";
import { graphAt, nodeAt, withGraph, type GraphPath } from "@/model/path";
import { portsOf, TRIGGER } from "@/model/ports";
import { refuse, type Result } from "@/model/result";
import { resolve } from "@/model/resolve";
import { edited, withNodes, type Edit } from "@/model/operations/edit";
import { idForType, idProblem, idsOf } from "@/model/operations/naming";
import { withRoom } from "@/model/operations/room";
import {
  EMPTY_GRAPH,
  findNode,
  type Connection,
  type Position,
  type Workflow,
  type WorkflowNode,
} from "@/model/workflow";

export interface NewNode {
  readonly graph: GraphPath;
  readonly type: string;
  readonly position?: Position | undefined;
  readonly id?: string;
  readonly config?: JsonObject;
}

export function addNode(workflow: Workflow, catalogue: Catalogue, wanted: NewNode): Result<Edit> {
  const made = makeNode(workflow, catalogue, wanted);
  if (!made.ok) return made;
  const node = made.value;
  return edited(withNodes(workflow, wanted.graph, [node]), `Add ${node.id}`, {
    selection: [nodeAt(wanted.graph, node.id)],
  });
}

function makeNode(workflow: Workflow, catalogue: Catalogue, wanted: NewNode): Result<WorkflowNode> {
  const { graph, type, position, config } = wanted;
  if (graphAt(workflow, graph) === undefined && !holds(workflow, graph)) return refuse("There is no such graph here.");
  const found = catalogue.find(type);
  if (found === undefined) return refuse(`There is no node type \`${type}\`.`);
  const id = wanted.id ?? idForType(type, idsOf(workflow));
  const problem = idProblem(workflow, graph, id);
  if (problem !== undefined) return problem;
  const node: WorkflowNode = {
    id,
    type,
    ...(config === undefined ? {} : { config }),
    ...(found.bodies.includes("body") ? { body: EMPTY_GRAPH } : {}),
    ...(position === undefined ? {} : { position }),
  };
  return { ok: true, value: node };
}

/** A body that was left out may be filled all the same. */
function holds(workflow: Workflow, graph: GraphPath): boolean {
  return (
    graphAt(
      withGraph(workflow, graph, (body) => ({ ...body })),
      graph,
    ) !== undefined
  );
}

/** A wire dropped on the empty canvas: the node, and the connection to the port of it that fits best. */
export function addAtWire(
  workflow: Workflow,
  catalogue: Catalogue,
  wanted: NewNode,
  open: End & { readonly side: "output" | "input" },
): Result<Edit> {
  const made = addNode(workflow, catalogue, wanted);
  if (!made.ok) return made;
  const id = made.value.selection?.[0]?.split("/").at(-1) ?? "";
  const there = { node: open.node, port: open.port };
  const [from, to] = open.side === "output" ? [there, { node: id }] : [{ node: id }, there];
  const best = bestEnds(made.value.workflow, catalogue, wanted, from, to);
  const joined = mayConnect(made.value.workflow, catalogue, wanted.graph, best.from, best.to);
  if (!joined.ok) return joined;
  const { output, input } = joined.value;
  const connection = { source: from.node, output: output.name, target: to.node, input: input.name };
  const connected = withGraph(made.value.workflow, wanted.graph, (graph) => ({
    ...graph,
    connections: [...graph.connections, connection],
  }));
  return edited(connected, made.value.label, { selection: made.value.selection ?? [] });
}

/** The new node's end with the port that fits best, not just the first. */
function bestEnds(
  workflow: Workflow,
  catalogue: Catalogue,
  wanted: NewNode,
  from: End,
  to: End,
): { from: End; to: End } {
  const graph = graphAt(workflow, wanted.graph) ?? EMPTY_GRAPH;
  const [source, target] = [findNode(graph, from.node), findNode(graph, to.node)];
  const type = catalogue.find(wanted.type);
  if (source === undefined || target === undefined || type === undefined) return { from, to };
  if (from.port !== undefined) {
    const output = portsOf(source, catalogue).outputs.get(from.port);
    const input = output && bestInput(type, output.type)?.port.name;
    return { from, to: { node: to.node, port: input ?? (type.kind === "trigger" ? undefined : TRIGGER.name) } };
  }
  const input = to.port === undefined ? undefined : portsOf(target, catalogue).inputs.get(to.port);
  const actual: NodeType = { ...type, outputs: [...portsOf(source, catalogue).outputs.values()] };
  return { from: { node: from.node, port: input && bestOutput(actual, input)?.port.name }, to };
}

/** Put a node on a connection: a new one, or one that stands in the graph without being connected there. */
export function insertOnConnection(
  workflow: Workflow,
  catalogue: Catalogue,
  graphPath: GraphPath,
  index: number,
  node: Omit<NewNode, "graph"> | { readonly id: string },
): Result<Edit> {
  const graph = graphAt(workflow, graphPath);
  const connection = graph && resolve(graph, catalogue)[index];
  if (graph === undefined || connection === undefined) return refuse("There is no such connection.");
  const added = "type" in node ? addNode(workflow, catalogue, { ...node, graph: graphPath }) : undefined;
  if (added?.ok === false) return added;
  const id = added?.value.selection?.[0]?.split("/").at(-1) ?? ("id" in node ? node.id : undefined) ?? "";
  if (id === connection.source || id === connection.target) return refuse(`\`${id}\` is at an end of this connection.`);
  const opened = withGraph(added?.value.workflow ?? workflow, graphPath, (here) => ({
    ...here,
    connections: here.connections.toSpliced(index, 1),
  }));
  const first = mayConnect(
    opened,
    catalogue,
    graphPath,
    { node: connection.source, port: connection.output },
    { node: id },
  );
  if (!first.ok) return first;
  const second = lastHalf(opened, catalogue, graphPath, id, { node: connection.target, port: connection.input });
  if (!second.ok) return second;
  const halves: Connection[] = [
    { source: connection.source, output: first.value.output.name, target: id, input: first.value.input.name },
    { source: id, output: second.value, target: connection.target, ...inputOf(connection.input) },
  ];
  // In the place of the old one: inputs that collect keep their order.
  const closed = withGraph(opened, graphPath, (here) => ({
    ...here,
    connections: here.connections.toSpliced(index, 0, ...halves),
  }));
  const roomy = withRoom(closed, catalogue, graphPath, { source: connection.source, id, target: connection.target });
  return edited(roomy, `Insert ${id}`, { selection: [nodeAt(graphPath, id)] });
}

function inputOf(input: string | undefined): { input?: string } {
  return input === undefined ? {} : { input };
}

/** The output of the inserted node that goes on: the first that fits. */
function lastHalf(workflow: Workflow, catalogue: Catalogue, path: GraphPath, id: string, to: End): Result<string> {
  const node = findNode(graphAt(workflow, path) ?? EMPTY_GRAPH, id);
  let refused: Result<string> = refuse(`\`${id}\` has no output to go on with.`);
  for (const port of node ? portsOf(node, catalogue).outputs.keys() : []) {
    const joined = mayConnect(workflow, catalogue, path, { node: id, port }, to);
    if (joined.ok) return { ok: true, value: port };
    refused = joined;
  }
  return refused;
}
