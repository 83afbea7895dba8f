// A tidy place for every node: left to right in the order they wait for each other. `planLayout` reads the workflow,
// `runLayout` is plain data in and out and takes its time: it belongs in a worker.
import { Graph as Dagre, layout } from "@dagrejs/dagre";
import type { Catalogue } from "@/model/catalogue";
import { boundsOf, closedSize, EMPTY_LANE, isOpen, laneLayout, type Size } from "@/model/geometry";
import { orderOf } from "@/model/order";
import { bodyAt, nodeAt, nodeOf, ROOT, type GraphPath, type NodePath } from "@/model/path";
import { snap, withPlaces, type Place } from "@/model/operations/move";
import { bodiesOf, type BodyName, type Graph, type Workflow } from "@/model/workflow";

export interface LayoutPlan {
  readonly nodes: readonly {
    readonly path: NodePath;
    readonly size: Size;
    /** Of an open container, which is as large as what is in it. */
    readonly lanes: readonly { readonly name: BodyName; readonly plan: LayoutPlan }[];
  }[];
  /** From what is waited for to what waits, by their places in `nodes`. */
  readonly edges: readonly (readonly [number, number])[];
}

export interface LaidOut {
  /** In the coordinates of each node's own graph, from its upper left corner. */
  readonly places: ReadonlyMap<NodePath, Place>;
  readonly size: Size;
}

const BETWEEN_RANKS = 88;
const BETWEEN_NODES = 40;

export interface LayoutChoice {
  readonly path?: GraphPath;
  /** Measured sizes, where the canvas has them. */
  readonly sizeOf?: (path: NodePath) => Size | undefined;
  /** Only these nodes of the outermost graph. */
  readonly only?: ReadonlySet<string>;
}

/** Notes keep their places and are not among the nodes. */
export function planLayout(graph: Graph, catalogue: Catalogue, choice: LayoutChoice = {}): LayoutPlan {
  const order = orderOf(graph, catalogue);
  const plan = (here: Graph, path: GraphPath, inOrder: GraphPath, only?: ReadonlySet<string>): LayoutPlan => {
    const drawn = here.nodes.filter(
      (node) => catalogue.find(node.type)?.kind !== "note" && (only?.has(node.id) ?? true),
    );
    const places = new Map(drawn.map((node, index) => [node.id, index]));
    const before = order.get(inOrder) ?? new Map<string, ReadonlySet<string>>();
    const nodes = drawn.map((node) => {
      const at = nodeAt(path, node.id);
      const bodies = isOpen(node) ? bodiesOf(node) : [];
      const lanes = bodies.map(([name, body]) => ({
        name,
        plan: plan(body, bodyAt(at, name), bodyAt(nodeAt(inOrder, node.id), name)),
      }));
      const measured = lanes.length === 0 ? choice.sizeOf?.(at) : undefined;
      return { path: at, size: measured ?? closedSize(node, catalogue), lanes };
    });
    const edges = drawn.flatMap((node, index) =>
      [...(before.get(node.id) ?? [])].flatMap((other): [number, number][] => {
        const from = places.get(other);
        return from === undefined ? [] : [[from, index]];
      }),
    );
    return { nodes, edges };
  };
  return plan(graph, choice.path ?? ROOT, ROOT, choice.only);
}

export function runLayout(plan: LayoutPlan): LaidOut {
  const places = new Map<NodePath, Place>();
  const boxes = plan.nodes.map(({ size, lanes }) => {
    if (lanes.length === 0) return size;
    const inner = lanes.map(({ name, plan: body }) => {
      const laid = runLayout(body);
      for (const [path, place] of laid.places) places.set(path, place);
      return { name, size: body.nodes.length > 0 ? laid.size : EMPTY_LANE };
    });
    return laneLayout(inner).size;
  });
  const dagre = new Dagre();
  dagre.setGraph({ rankdir: "LR", ranker: "longest-path", ranksep: BETWEEN_RANKS, nodesep: BETWEEN_NODES });
  dagre.setDefaultEdgeLabel(() => ({}));
  for (const [index, { width, height }] of boxes.entries()) dagre.setNode(String(index), { width, height });
  for (const [from, to] of plan.edges) if (from !== to) dagre.setEdge(String(from), String(to));
  layout(dagre);
  const rectangles = boxes.map(({ width, height }, index) => {
    const middle = dagre.node(String(index)) as { x: number; y: number };
    return { x: snap(middle.x - width / 2), y: snap(middle.y - height / 2), width, height };
  });
  const bounds = boundsOf(rectangles) ?? { x: 0, y: 0, ...EMPTY_LANE };
  for (const [index, { x, y }] of rectangles.entries()) {
    const path = plan.nodes[index]?.path;
    if (path !== undefined) places.set(path, { x: x - bounds.x, y: y - bounds.y });
  }
  return { places, size: { width: bounds.width, height: bounds.height } };
}

export function layoutGraph(graph: Graph, catalogue: Catalogue, choice: LayoutChoice = {}): LaidOut {
  return runLayout(planLayout(graph, catalogue, choice));
}

/** Laid out places moved so that the graph's upper left corner stays where it was. */
export function anchored(graph: Graph, laid: LaidOut, path: GraphPath = ROOT): ReadonlyMap<NodePath, Place> {
  const own = graph.nodes.filter((node) => laid.places.has(nodeAt(path, node.id)) && node.position !== undefined);
  if (own.length === 0) return laid.places;
  const x = Math.min(...own.map((node) => node.position?.x ?? 0));
  const y = Math.min(...own.map((node) => node.position?.y ?? 0));
  const ownPaths = new Set(graph.nodes.map((node) => nodeAt(path, node.id)));
  const moved = [...laid.places].map(
    ([at, place]) => [at, ownPaths.has(at) ? { x: snap(place.x + x), y: snap(place.y + y) } : place] as const,
  );
  return new Map(moved);
}

/** The workflow as it is shown: graphs in which nodes have no place yet are laid out. Saving it is left to the first
 * change somebody makes. */
export function withMissingPlaces(workflow: Workflow, catalogue: Catalogue): Workflow {
  const isPlaced = (graph: Graph): boolean =>
    graph.nodes.every((node) => node.position !== undefined && bodiesOf(node).every(([, body]) => isPlaced(body)));
  if (isPlaced(workflow)) return workflow;
  const { places, size } = layoutGraph(workflow, catalogue);
  const isNew = !workflow.nodes.some((node) => node.position !== undefined);
  const below = isNew ? 0 : Math.max(...workflow.nodes.map((node) => node.position?.y ?? 0)) + 2 * BETWEEN_RANKS;
  const missing = [...places].filter(([path]) => nodeOf(workflow, path)?.position === undefined);
  const top = Math.min(...missing.map(([, place]) => place.y), size.height);
  const standing = missing.map(([path, place]) =>
    path.includes("/") ? ([path, place] as const) : ([path, { x: place.x, y: place.y - top + below }] as const),
  );
  return withPlaces(workflow, new Map(standing));
}
