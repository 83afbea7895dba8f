// Where on the canvas an issue of the server's check belongs. Its path leads through the definition that was sent.
import { bodyAt, nodeAt, ROOT, walkGraphs, type GraphPath, type NodePath } from "@/model/path";
import { BODIES, type BodyName, type Graph, type Workflow } from "@/model/workflow";

export interface IssuePlace {
  /** The graph it is in. */
  readonly graph: GraphPath;
  /** The node it is about. */
  readonly node?: NodePath;
  /** `config.url`, `when`: the field of the node, or of the workflow (`inputs.size`), where one is meant. */
  readonly field?: string;
  /** The connection it is about, by its place in the graph's list. */
  readonly connection?: number;
}

/** The place of `nodes[3].body.nodes[0].config.url`; of what leads nowhere the nearest thing around it. */
export function placeOfIssue(workflow: Workflow, path: string): IssuePlace {
  const parts = path.match(/[^.[\]]+/g) ?? [];
  let graph: Graph = workflow;
  let graphPath: GraphPath = ROOT;
  let at = 0;
  for (;;) {
    const index = Number(parts[at + 1]);
    if (parts[at] === "connections" && graph.connections[index] !== undefined) {
      const { target } = graph.connections[index];
      const node = graph.nodes.some((one) => one.id === target) ? { node: nodeAt(graphPath, target) } : {};
      return { graph: graphPath, connection: index, ...node };
    }
    const node = parts[at] === "nodes" ? graph.nodes[index] : undefined;
    if (node === undefined) {
      const field = parts.slice(at).join(".");
      return { graph: graphPath, ...ownerIn(graphPath), ...(field === "" ? {} : { field }) };
    }
    const here = nodeAt(graphPath, node.id);
    const body = BODIES.find((name): name is BodyName => name === parts[at + 2]);
    const inner = body && node[body];
    if (body === undefined || inner === undefined) {
      const field = parts.slice(at + 2).join(".");
      return { graph: graphPath, node: here, ...(field === "" ? {} : { field }) };
    }
    graph = inner;
    graphPath = bodyAt(here, body);
    at += 3;
  }
}

/** What is wrong with a body as a whole is shown on its container. */
function ownerIn(path: GraphPath): { node?: NodePath } {
  return path === ROOT ? {} : { node: path.replace(/\.(catch|finally)$/, "") };
}

export interface Placed<T> {
  readonly issue: T;
  readonly place: IssuePlace;
}

/** Issues by the node they are about; those of the workflow itself under the empty path. */
export function issuesByNode<T extends { readonly path: string }>(
  workflow: Workflow,
  issues: readonly T[],
): ReadonlyMap<NodePath, readonly Placed<T>[]> {
  const placed = issues.map((issue) => ({ issue, place: placeOfIssue(workflow, issue.path) }));
  return Map.groupBy(placed, ({ place }) => place.node ?? "");
}

/** How many issues are inside each container, for a mark on one that is closed. */
export function countInside(
  workflow: Workflow,
  issues: ReadonlyMap<NodePath, readonly unknown[]>,
): ReadonlyMap<NodePath, number> {
  const counts = new Map<NodePath, number>();
  for (const [path] of walkGraphs(workflow)) {
    if (path === ROOT) continue;
    const owner = path.replace(/\.(catch|finally)$/, "");
    const isWithin = (node: NodePath): boolean => node.startsWith(`${path}/`);
    const inside = [...issues].filter(([node]) => isWithin(node)).reduce((sum, [, some]) => sum + some.length, 0);
    counts.set(owner, (counts.get(owner) ?? 0) + inside);
  }
  return counts;
}
