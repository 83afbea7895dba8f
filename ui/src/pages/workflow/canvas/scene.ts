// What stands on the canvas and where, worked out from the workflow alone: nodes, containers around them, groups behind
// them, notes, wires. What has not changed stays the same object, so that only what changed is drawn again.
import type { Catalogue, NodeType } from "@/model/catalogue";
import { boundsOf, type Size } from "@/model/geometry";
import { nodeAt, ROOT, type GraphPath, type NodePath } from "@/model/path";
import { portsOf } from "@/model/ports";
import { bodiesOf, type BodyName, type Graph, type Group, type Workflow, type WorkflowNode } from "@/model/workflow";
import { measure } from "@/pages/workflow/canvas/measure";
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

/** The nodes of a group, as paths. */
export function membersOf({ group, graph }: SceneNode): NodePath[] {
  return (group?.nodes ?? []).map((id) => nodeAt(graph, id));
}

/** What stands on the canvas for a node: itself, or the folded group that it is in. */
export function shownAs(scene: Scene, path: NodePath): string {
  if (scene.byId.has(path)) return path;
  return scene.nodes.find((one) => one.kind === "folded" && membersOf(one).includes(path))?.id ?? path;
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
  const kept = keep(before.nodes, nodes, (one) => before.byId.get(one.id));
  const wiresBefore = new Map(before.wires.map((wire) => [wire.id, wire]));
  const keptWires = keep(before.wires, wires, (one) => wiresBefore.get(one.id));
  const isKnown = kept === before.nodes;
  if (isKnown && keptWires === before.wires) return before;
  return { nodes: kept, wires: keptWires, byId: isKnown ? before.byId : new Map(kept.map((one) => [one.id, one])) };
}

/** What says the same as before is the same; a list of nothing else, too. */
function keep<T extends object>(before: readonly T[], after: readonly T[], find: (one: T) => T | undefined): readonly T[] {
  const kept = after.map((one) => {
    const old = find(one);
    return old !== undefined && (old === one || isSame(old, one)) ? old : one;
  });
  return kept.length === before.length && kept.every((one, index) => one === before[index]) ? before : kept;
}

function addGraph(
  graph: Graph,
  path: GraphPath,
  place: Place,
  catalogue: Catalogue,
  nodes: SceneNode[],
  wires: SceneWire[],
): void {
  const here = graph.nodes.map((node) => sceneNode(node, nodeAt(path, node.id), path, place, catalogue));
  const byId = new Map(graph.nodes.map((node, index) => [node.id, here[index]]));
  const folded = new Map<string, string>();
  for (const group of graph.groups ?? []) {
    const members = group.nodes.flatMap((id) => byId.get(id) ?? []);
    const box = boundsOf(members);
    if (box === undefined) continue;
    const isFolded = group.collapsed === true;
    nodes.push(sceneGroup(group, path, place, box, isFolded));
    if (isFolded) for (const id of group.nodes) folded.set(id, groupId(path, group.id));
  }
  for (const [index, one] of here.entries()) {
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

const drawn = new WeakMap<Catalogue, WeakMap<WorkflowNode, SceneNode>>();

/** Remembered: an edit changes few of many nodes. */
function sceneNode(
  node: WorkflowNode,
  path: NodePath,
  graph: GraphPath,
  place: Place,
  catalogue: Catalogue,
): SceneNode {
  let ofCatalogue = drawn.get(catalogue);
  if (ofCatalogue === undefined) drawn.set(catalogue, (ofCatalogue = new WeakMap()));
  const known = ofCatalogue.get(node);
  const isThere =
    known?.id === path && known.parent === place.parent && known.originX === place.originX && known.originY === place.originY;
  if (isThere) return known;
  const made = drawNode(node, path, graph, place, catalogue);
  ofCatalogue.set(node, made);
  return made;
}

function drawNode(
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

function isSame<T extends object>(one: T, other: T): boolean {
  return Object.keys(other).every((key) => one[key as keyof T] === other[key as keyof T] || isSameList(one, other, key));
}

/** Lanes and ports are made anew for the same node: they say the same. */
function isSameList<T extends object>(one: T, other: T, key: string): boolean {
  if (key !== "lanes" && key !== "ports") return false;
  return "node" in one && "node" in other && one.node === other.node && "width" in one && "width" in other && one.width === other.width;
}
