// What a drag comes to when it is let go: other places, another container, or a wire that the node is put on.
import type { Catalogue } from "@/model/catalogue";
import { insertOnConnection } from "@/model/operations/add";
import { moveToGraph } from "@/model/operations/container";
import { edited, type Edit } from "@/model/operations/edit";
import { moveNodes, snap, withPlaces, type Place } from "@/model/operations/move";
import { outermost } from "@/model/operations/remove";
import { graphOf, idOf, type GraphPath, type NodePath } from "@/model/path";
import type { Result } from "@/model/result";
import { resolve } from "@/model/resolve";
import { graphAt } from "@/model/path";
import type { Workflow } from "@/model/workflow";
import { absolute, inGraph, laneAt, wireUnder } from "@/pages/workflow/canvas/geometry";
import type { Moved } from "@/pages/workflow/canvas/flowNodes";
import type { Scene, SceneNode } from "@/pages/workflow/canvas/scene";
import type { SceneWire } from "@/pages/workflow/canvas/sceneWires";

/** The members of a group that is dragged move with it. */
export function withMembers(scene: Scene, moved: Moved): Moved {
  const all = new Map(moved);
  for (const [id, at] of moved) {
    const one = scene.byId.get(id);
    if (one?.group === undefined) continue;
    for (const member of one.group.nodes) {
      const node = scene.byId.get(one.graph === "" ? member : `${one.graph}/${member}`);
      if (node !== undefined) all.set(node.id, { x: node.x + at.x - one.x, y: node.y + at.y - one.y });
    }
  }
  return all;
}

/** Dragged places as the workflow counts them: from the corner of each node's own graph. */
export function placesOf(scene: Scene, workflow: Workflow, moved: Moved): Map<NodePath, Place> {
  const places = new Map<NodePath, Place>();
  for (const [id, at] of moved) {
    const one = scene.byId.get(id);
    if (one === undefined) continue;
    if (one.group !== undefined) {
      if (one.kind === "folded") addFolded(one, workflow, at, places);
      continue;
    }
    const [x, y] = [snap(at.x - one.originX), snap(at.y - one.originY)];
    // In a container nothing stands beyond the corner.
    places.set(id, one.parent === undefined ? { x, y } : { x: Math.max(0, x), y: Math.max(0, y) });
  }
  return places;
}

function addFolded(one: SceneNode, workflow: Workflow, at: Place, places: Map<NodePath, Place>): void {
  const graph = graphAt(workflow, one.graph);
  for (const node of graph?.nodes ?? []) {
    if (one.group?.nodes.includes(node.id) !== true || node.position === undefined) continue;
    const path = one.graph === "" ? node.id : `${one.graph}/${node.id}`;
    places.set(path, { x: node.position.x + at.x - one.x, y: node.position.y + at.y - one.y });
  }
}

export interface DropTarget {
  readonly lane: GraphPath | undefined;
  readonly wire: SceneWire | undefined;
}

const NOWHERE: DropTarget = { lane: undefined, wire: undefined };

/** Where the dragged nodes would be put: into another lane, out of theirs, or on a wire. */
export function dropTarget(scene: Scene, workflow: Workflow, catalogue: Catalogue, moved: Moved, lead: NodePath): DropTarget {
  const one = scene.byId.get(lead);
  const at = moved.get(lead);
  if (one?.node === undefined || at === undefined) return NOWHERE;
  const box = absolute(scene, lead);
  if (box === undefined) return NOWHERE;
  const now = { ...box, x: box.x - one.x + at.x, y: box.y - one.y + at.y };
  const dragged = [...moved.keys()];
  const lane = laneAt(scene, now.x + now.width / 2, now.y + now.height / 2, dragged) ?? "";
  if (lane !== one.graph) return { lane, wire: undefined };
  const isFree = dragged.length === 1 && one.kind === "step" && !isConnected(workflow, catalogue, lead);
  return { lane: undefined, wire: isFree ? wireUnder(scene, one.graph, now) : undefined };
}

function isConnected(workflow: Workflow, catalogue: Catalogue, path: NodePath): boolean {
  const graph = graphAt(workflow, graphOf(path));
  const id = idOf(path);
  return graph !== undefined && resolve(graph, catalogue).some((one) => one.source === id || one.target === id);
}

export function drop(
  scene: Scene,
  workflow: Workflow,
  catalogue: Catalogue,
  moved: Moved,
  target: DropTarget,
): Result<Edit> {
  const places = placesOf(scene, workflow, moved);
  if (target.wire !== undefined) {
    const [path] = places.keys();
    const { graph, index } = target.wire;
    const at = withPlaces(workflow, places);
    const inserted = insertOnConnection(at, catalogue, graph, index, { id: idOf(path ?? "") });
    // What does not fit on the wire is only moved.
    return inserted.ok ? inserted : moveNodes(workflow, places);
  }
  if (target.lane === undefined) return moveNodes(workflow, places);
  const paths = outermost([...places.keys()]);
  const moving = moveToGraph(workflow, catalogue, paths, target.lane);
  if (!moving.ok) return moving;
  const there = new Map<NodePath, Place>();
  for (const path of paths) {
    const one = scene.byId.get(path);
    const at = moved.get(path);
    const box = absolute(scene, path);
    if (one === undefined || at === undefined || box === undefined) continue;
    const place = inGraph(scene, target.lane, box.x - one.x + at.x, box.y - one.y + at.y);
    const inside = target.lane === "" ? place : { x: Math.max(0, place.x), y: Math.max(0, place.y) };
    there.set(target.lane === "" ? idOf(path) : `${target.lane}/${idOf(path)}`, inside);
  }
  const { label, ...more } = moving.value;
  return edited(withPlaces(moving.value.workflow, there), label, more);
}
