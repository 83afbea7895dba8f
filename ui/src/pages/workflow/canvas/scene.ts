// What stands on the canvas and where, worked out from the workflow alone: nodes, containers around them, groups behind
// them, notes, wires. What has not changed stays the same object, so that only what changed is drawn again.
import type { Catalogue, NodeType } from "@/model/catalogue";
import { boundsOf, closedSize, EMPTY_LANE, isOpen, laneLayout, type Size } from "@/model/geometry";
import { bodyAt, nodeAt, ROOT, type GraphPath, type NodePath } from "@/model/path";
import { portsOf } from "@/model/ports";
import { bodiesOf, type BodyName, type Graph, type Group, type Workflow, type WorkflowNode } from "@/model/workflow";
import { portSpots, type PortSpot } from "@/pages/workflow/canvas/portSpots";
import { wiresOf, type SceneWire } from "@/pages/workflow/canvas/sceneWires";

export interface Lane {
  readonly name: BodyName;
  readonly graph: GraphPath;
  /** Where its content begins, from the container's corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isEmpty: boolean;
}

export interface SceneNode {
  /** The node's path; of a group `group:<graph>:<id>`. */
  readonly id: string;
  readonly kind: "step" | "container" | "note" | "group" | "folded";
  readonly graph: GraphPath;
  /** The container it stands in. */
  readonly parent: string | undefined;
  /** From the container's corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Where its graph's own corner is, from the container's: positions in the workflow count from there. */
  readonly originX: number;
  readonly originY: number;
  readonly node: WorkflowNode | undefined;
  readonly type: NodeType | undefined;
  readonly group: Group | undefined;
  readonly lanes: readonly Lane[];
  readonly ports: readonly PortSpot[];
}

export interface Scene {
  /** Containers before what is in them, groups before everything. */
  readonly nodes: readonly SceneNode[];
  readonly wires: readonly SceneWire[];
  readonly byId: ReadonlyMap<string, SceneNode>;
}

export const EMPTY_SCENE: Scene = { nodes: [], wires: [], byId: new Map() };

const AROUND_GROUP = 20;
const GROUP_HEAD = 32;
const FOLDED: Size = { width: 224, height: 64 };

export function groupId(graph: GraphPath, id: string): string {
  return `group:${graph}:${id}`;
}

interface Place {
  readonly parent: string | undefined;
  readonly originX: number;
  readonly originY: number;
}

export function sceneOf(workflow: Workflow, catalogue: Catalogue, before: Scene = EMPTY_SCENE): Scene {
  const nodes: SceneNode[] = [];
  const wires: SceneWire[] = [];
  addGraph(workflow, ROOT, { parent: undefined, originX: 0, originY: 0 }, catalogue, nodes, wires);
  const kept = nodes.map((one) => {
    const old = before.byId.get(one.id);
    return old !== undefined && isSame(old, one) ? old : one;
  });
  const wiresBefore = new Map(before.wires.map((wire) => [wire.id, wire]));
  const keptWires = wires.map((one) => {
    const old = wiresBefore.get(one.id);
    return old !== undefined && isSame(old, one) ? old : one;
  });
  return { nodes: kept, wires: keptWires, byId: new Map(kept.map((one) => [one.id, one])) };
}

function addGraph(
  graph: Graph,
  path: GraphPath,
  place: Place,
  catalogue: Catalogue,
  nodes: SceneNode[],
  wires: SceneWire[],
): void {
  const drawn = graph.nodes.map((node) => sceneNode(node, nodeAt(path, node.id), path, place, catalogue));
  const byId = new Map(graph.nodes.map((node, index) => [node.id, drawn[index]]));
  const folded = new Map<string, string>();
  for (const group of graph.groups ?? []) {
    const members = group.nodes.flatMap((id) => byId.get(id) ?? []);
    const box = boundsOf(members);
    if (box === undefined) continue;
    const isFolded = group.collapsed === true;
    nodes.push(sceneGroup(group, path, place, box, isFolded));
    if (isFolded) for (const id of group.nodes) folded.set(id, groupId(path, group.id));
  }
  for (const [index, one] of drawn.entries()) {
    const node = graph.nodes[index];
    if (node === undefined || folded.has(node.id)) continue;
    nodes.push(one);
    if (one.kind !== "container") continue;
    const bodies = new Map(bodiesOf(node));
    for (const lane of one.lanes) {
      const body = bodies.get(lane.name);
      const inside = { parent: one.id, originX: lane.x, originY: lane.y };
      if (body !== undefined) addGraph(body, lane.graph, inside, catalogue, nodes, wires);
    }
  }
  wires.push(...wiresOf(graph, path, catalogue, folded));
}

function sceneNode(
  node: WorkflowNode,
  path: NodePath,
  graph: GraphPath,
  place: Place,
  catalogue: Catalogue,
): SceneNode {
  const { type } = portsOf(node, catalogue);
  const { size, lanes } = measure(node, path, catalogue);
  const kind = type?.kind === "note" ? "note" : lanes.length > 0 ? "container" : "step";
  return {
    id: path,
    kind,
    graph,
    ...place,
    x: place.originX + (node.position?.x ?? 0),
    y: place.originY + (node.position?.y ?? 0),
    ...size,
    node,
    type,
    group: undefined,
    lanes,
    ports: kind === "note" ? [] : portSpots(portsOf(node, catalogue), size.width, kind === "container"),
  };
}

function sceneGroup(
  group: Group,
  graph: GraphPath,
  place: Place,
  box: { x: number; y: number; width: number; height: number },
  isFolded: boolean,
): SceneNode {
  const size = isFolded
    ? FOLDED
    : { width: box.width + 2 * AROUND_GROUP, height: box.height + 2 * AROUND_GROUP + GROUP_HEAD };
  return {
    id: groupId(graph, group.id),
    kind: isFolded ? "folded" : "group",
    graph,
    ...place,
    x: isFolded ? box.x : box.x - AROUND_GROUP,
    y: isFolded ? box.y : box.y - AROUND_GROUP - GROUP_HEAD,
    ...size,
    node: undefined,
    type: undefined,
    group,
    lanes: [],
    ports: [],
  };
}

const measured = new WeakMap<Catalogue, WeakMap<WorkflowNode, { path: NodePath; size: Size; lanes: readonly Lane[] }>>();

/** How large a node is, and the lanes of an open container. */
export function measure(
  node: WorkflowNode,
  path: NodePath,
  catalogue: Catalogue,
): { size: Size; lanes: readonly Lane[] } {
  let ofCatalogue = measured.get(catalogue);
  if (ofCatalogue === undefined) measured.set(catalogue, (ofCatalogue = new WeakMap()));
  const known = ofCatalogue.get(node);
  if (known?.path === path) return known;
  const found = { path, ...measureAnew(node, path, catalogue) };
  ofCatalogue.set(node, found);
  return found;
}

function measureAnew(
  node: WorkflowNode,
  path: NodePath,
  catalogue: Catalogue,
): { size: Size; lanes: readonly Lane[] } {
  if (!isOpen(node)) return { size: closedSize(node, catalogue), lanes: [] };
  const bodies = bodiesOf(node).map(([name, body]) => ({ name, body, size: sizeOfBody(body, bodyAt(path, name), catalogue) }));
  const { size, origins } = laneLayout(bodies);
  const lanes = bodies.map(({ name, body, size: inner }): Lane => {
    const { x, y } = origins.get(name) ?? { x: 0, y: 0 };
    return { name, graph: bodyAt(path, name), x, y, ...inner, width: size.width - 2 * x, isEmpty: body.nodes.length === 0 };
  });
  return { size, lanes };
}

function sizeOfBody(body: Graph, path: GraphPath, catalogue: Catalogue): Size {
  if (body.nodes.length === 0) return EMPTY_LANE;
  let [width, height] = [0, 0];
  for (const node of body.nodes) {
    const { size } = measure(node, nodeAt(path, node.id), catalogue);
    width = Math.max(width, (node.position?.x ?? 0) + size.width);
    height = Math.max(height, (node.position?.y ?? 0) + size.height);
  }
  return { width, height };
}

function isSame<T extends object>(one: T, other: T): boolean {
  return Object.keys(other).every((key) => one[key as keyof T] === other[key as keyof T] || isSameList(one, other, key));
}

/** Lanes and ports are made anew for the same node: they say the same. */
function isSameList<T extends object>(one: T, other: T, key: string): boolean {
  if (key !== "lanes" && key !== "ports") return false;
  return "node" in one && "node" in other && one.node === other.node && "width" in one && "width" in other && one.width === other.width;
}
