// Where a node stands: `send`, inside a container `each/send`, in its other bodies `try.catch/tell`.
import {
  BODIES,
  bodiesOf,
  EMPTY_GRAPH,
  findNode,
  type BodyName,
  type Graph,
  type Workflow,
  type WorkflowNode,
} from "@/model/workflow";

/** Leads to a node through the containers around it. Ids hold neither `/` nor `.`, so paths are never ambiguous. */
export type NodePath = string;
/** Leads to a graph: empty for the workflow's own, `each` for that container's body, `try.catch`. */
export type GraphPath = string;

export const ROOT: GraphPath = "";

export function nodeAt(graph: GraphPath, id: string): NodePath {
  return graph === ROOT ? id : `${graph}/${id}`;
}

export function graphOf(path: NodePath): GraphPath {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

export function idOf(path: NodePath): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function bodyAt(container: NodePath, body: BodyName = "body"): GraphPath {
  return body === "body" ? container : `${container}.${body}`;
}

/** The container that a graph is a body of, and which; undefined for the workflow's own. */
export function ownerOf(path: GraphPath): { container: NodePath; body: BodyName } | undefined {
  if (path === ROOT) return undefined;
  const body = BODIES.find((name) => path.endsWith(`.${name}`));
  return body === undefined ? { container: path, body: "body" } : { container: path.slice(0, -body.length - 1), body };
}

/** The graph itself and those around it, from the inside out. */
export function levelsOf(path: GraphPath): GraphPath[] {
  const owner = ownerOf(path);
  return owner === undefined ? [path] : [path, ...levelsOf(graphOf(owner.container))];
}

/** Whether a graph is a body of the container, or of one inside it. */
export function isInside(graph: GraphPath, container: NodePath): boolean {
  return graph === container || graph.startsWith(`${container}/`) || graph.startsWith(`${container}.`);
}

export function graphAt(workflow: Workflow, path: GraphPath): Graph | undefined {
  const owner = ownerOf(path);
  return owner === undefined ? workflow : nodeOf(workflow, owner.container)?.[owner.body];
}

export function nodeOf(workflow: Workflow, path: NodePath): WorkflowNode | undefined {
  const graph = graphAt(workflow, graphOf(path));
  return graph && findNode(graph, idOf(path));
}

/** The workflow with another graph at `path`. A body that was not there yet is made. */
export function withGraph(workflow: Workflow, path: GraphPath, change: (graph: Graph) => Graph): Workflow {
  const owner = ownerOf(path);
  if (owner === undefined) return change(workflow) as Workflow;
  return withNode(workflow, owner.container, (node) => {
    const before = node[owner.body];
    const after = change(before ?? EMPTY_GRAPH);
    return after === before ? node : { ...node, [owner.body]: after };
  });
}

export function withNode(workflow: Workflow, path: NodePath, change: (node: WorkflowNode) => WorkflowNode): Workflow {
  const id = idOf(path);
  return withGraph(workflow, graphOf(path), (graph) => {
    let changed = false;
    const nodes = graph.nodes.map((node) => {
      if (node.id !== id) return node;
      const after = change(node);
      changed ||= after !== node;
      return after;
    });
    return changed ? { ...graph, nodes } : graph;
  });
}

/** Every node with its path, containers before their content. */
export function* walk(graph: Graph, path: GraphPath = ROOT): Generator<[NodePath, WorkflowNode]> {
  for (const node of graph.nodes) {
    const here = nodeAt(path, node.id);
    yield [here, node];
    for (const [name, body] of bodiesOf(node)) yield* walk(body, bodyAt(here, name));
  }
}

/** Every graph with its path, the workflow's own first. */
export function* walkGraphs(graph: Graph, path: GraphPath = ROOT): Generator<[GraphPath, Graph]> {
  yield [path, graph];
  for (const node of graph.nodes) {
    for (const [name, body] of bodiesOf(node)) yield* walkGraphs(body, bodyAt(nodeAt(path, node.id), name));
  }
}

/** Every node of a workflow by its path. */
export function nodesByPath(workflow: Workflow): ReadonlyMap<NodePath, WorkflowNode> {
  const known = byPath.get(workflow);
  if (known !== undefined) return known;
  const found = new Map(walk(workflow));
  byPath.set(workflow, found);
  return found;
}

const byPath = new WeakMap<Workflow, ReadonlyMap<NodePath, WorkflowNode>>();

/** The node that a run's path is about, whatever the iteration: `each[2]/send` → `each/send`. */
export function pathInRun(path: string): NodePath {
  return path.replace(/\[\d+\]/g, "");
}
