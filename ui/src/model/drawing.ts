// Two versions of a workflow in one drawing: what is there now, what has gone, and what has become different.
import type { Catalogue } from "@/model/catalogue";
import { isLooks, type Difference } from "@/model/diff";
import { overlaps, sizedOf } from "@/model/boxes";
import type { Rectangle } from "@/model/freeSpot";
import { boundsOf } from "@/model/geometry";
import { layoutGraph, withMissingPlaces } from "@/model/layout";
import { withPlaces } from "@/model/operations/move";
import { bodyAt, nodeAt, ROOT, type GraphPath, type NodePath } from "@/model/path";
import { resolve } from "@/model/resolve";
import { waitsOf } from "@/model/waits";
import {
  BODIES,
  nodeTitle,
  writeEnd,
  type Connection,
  type Graph,
  type Workflow,
  type WorkflowNode,
} from "@/model/workflow";

/** `looks`: only what changes nothing of what a run does. */
export type Mark = "added" | "removed" | "changed" | "renamed" | "looks" | "same";

export interface DrawnNode {
  readonly path: NodePath;
  readonly title: string;
  readonly type: string;
  readonly mark: Mark;
  readonly isContainer: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DrawnWire {
  readonly key: string;
  readonly d: string;
  /** `waits`: no connection, but one waits for the other all the same. */
  readonly mark: "added" | "removed" | "same" | "waits";
}

export interface Drawing {
  readonly nodes: readonly DrawnNode[];
  readonly wires: readonly DrawnWire[];
  readonly bounds: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** Containers come before what is in them. */
export function drawDifference(before: Workflow, after: Workflow, difference: Difference, catalogue: Catalogue): Drawing {
  const merged = { ...after, ...merge(before, after, ROOT, difference) };
  const placed = withMissingPlaces(merged, catalogue);
  const drawn = collect(placed, catalogue, difference);
  if (!hasOverlaps(drawn.nodes)) return drawn;
  return collect(withPlaces(merged, layoutGraph(merged, catalogue).places), catalogue, difference);
}

export function markOf(path: NodePath, difference: Difference): Mark {
  const found = difference.nodes.find((change) => change.path === path);
  if (found === undefined) return "same";
  return found.kind === "changed" && found.fields.every(isLooks) ? "looks" : found.kind;
}

/** `after`, and what of `before` is not in it any more. */
function merge(before: Graph, after: Graph, path: GraphPath, difference: Difference): Graph {
  const gone = new Set(difference.nodes.filter(({ kind }) => kind === "removed").map((change) => change.path));
  const oldPath = new Map(difference.nodes.map((change) => [change.path, change.before]));
  const nodes = after.nodes.map((node): WorkflowNode => {
    const at = nodeAt(path, node.id);
    const oldId = oldPath.get(at)?.split("/").at(-1) ?? node.id;
    const was = before.nodes.find((one) => one.id === oldId);
    const bodies = BODIES.flatMap((name) => {
      const [one, other] = [was?.[name], node[name]];
      if (other === undefined) return [];
      return [[name, one === undefined ? other : merge(one, other, bodyAt(at, name), difference)] as const];
    });
    return { ...node, ...Object.fromEntries(bodies) };
  });
  const removed = before.nodes.filter((node) => gone.has(nodeAt(path, node.id)));
  const lost = difference.connections.filter((one) => one.kind === "removed" && one.graph === path);
  const ids = new Map(difference.nodes.flatMap((one) => (one.before === undefined ? [] : [[one.before, one.path]])));
  const idNow = (id: string) => ids.get(nodeAt(path, id))?.split("/").at(-1) ?? id;
  const connections = lost.map(({ connection: { source, target, output, input } }): Connection => ({
    source: idNow(source),
    target: idNow(target),
    ...(output === undefined ? {} : { output }),
    ...(input === undefined ? {} : { input }),
  }));
  return { nodes: [...nodes, ...removed], connections: [...after.connections, ...connections] };
}

function collect(workflow: Graph, catalogue: Catalogue, difference: Difference): Drawing {
  const nodes: DrawnNode[] = [];
  const wires: DrawnWire[] = [];
  const changed = new Map<string, "added" | "removed">(
    difference.connections.map(({ kind, graph, connection }) => [`${graph}: ${ends(connection)}`, kind]),
  );

  const waits = waitsOf(workflow, catalogue);

  function draw(graph: Graph, path: GraphPath, dx: number, dy: number): void {
    const boxes = new Map<string, Rectangle>();
    for (const node of graph.nodes) {
      const at = nodeAt(path, node.id);
      const { size, lanes } = sizedOf(node, catalogue);
      const box = { x: (node.position?.x ?? 0) + dx, y: (node.position?.y ?? 0) + dy, ...size };
      boxes.set(node.id, box);
      const mark = markOf(at, difference);
      nodes.push({ path: at, title: nodeTitle(node), type: node.type, mark, isContainer: lanes !== undefined, ...box });
      for (const { name, body, bounds } of lanes?.all ?? []) {
        const origin = lanes?.origins.get(name) ?? { x: 0, y: 0 };
        draw(body, bodyAt(at, name), box.x + origin.x - (bounds?.x ?? 0), box.y + origin.y - (bounds?.y ?? 0));
      }
    }
    for (const { index, source, target } of resolve(graph, catalogue)) {
      const [from, to, connection] = [boxes.get(source), boxes.get(target), graph.connections[index]];
      if (from === undefined || to === undefined || connection === undefined) continue;
      const key = `${path}: ${ends(connection)}`;
      wires.push({ key: `${key} ${index}`, mark: changed.get(key) ?? "same", d: bend(from, to) });
    }
    for (const { source, target } of waits.get(path) ?? []) {
      const [from, to] = [boxes.get(source), boxes.get(target)];
      if (from && to) wires.push({ key: `${path}: ${source} then ${target}`, mark: "waits", d: bend(from, to) });
    }
  }

  draw(workflow, ROOT, 0, 0);
  return { nodes, wires, bounds: boundsOf(nodes) ?? { x: 0, y: 0, width: 0, height: 0 } };
}

function ends({ source, output, target, input }: Connection): string {
  return `${writeEnd(source, output)} -> ${writeEnd(target, input)}`;
}

function bend(from: Rectangle, to: Rectangle): string {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
  const reach = Math.max(32, Math.abs(x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}`;
}

function hasOverlaps(nodes: readonly DrawnNode[]): boolean {
  return nodes.some((one, index) =>
    nodes.slice(index + 1).some((other) => {
      const isWithin = other.path.startsWith(`${one.path}/`) || other.path.startsWith(`${one.path}.`);
      return !isWithin && overlaps(one, other);
    }),
  );
}
