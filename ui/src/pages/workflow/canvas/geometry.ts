// Where things of the scene are on the whole canvas, and what lies under a point.
import { isInside, type GraphPath, type NodePath } from "@/model/path";
import { HEAD_MIDDLE, ORDER_PORT } from "@/pages/workflow/canvas/portSpots";
import type { Scene, SceneNode } from "@/pages/workflow/canvas/scene";
import type { SceneWire } from "@/pages/workflow/canvas/sceneWires";
import { shareInside } from "@/components/graph/wirePath";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** From the canvas's own corner. */
export function absolute(scene: Scene, id: string): Box | undefined {
  const one = scene.byId.get(id);
  if (one === undefined) return undefined;
  let [x, y] = [one.x, one.y];
  for (let parent = one.parent; parent !== undefined; ) {
    const around: SceneNode | undefined = scene.byId.get(parent);
    x += around?.x ?? 0;
    y += around?.y ?? 0;
    parent = around?.parent;
  }
  return { x, y, width: one.width, height: one.height };
}

/** The middle of what is shown as a point of a graph's own coordinates. */
export function inGraph(scene: Scene, graph: GraphPath, x: number, y: number): { x: number; y: number } {
  for (const one of scene.nodes) {
    const lane = one.lanes.find((each) => each.graph === graph);
    const box = lane && absolute(scene, one.id);
    if (lane !== undefined && box !== undefined) return { x: x - box.x - lane.x, y: y - box.y - lane.y };
  }
  return { x, y };
}

const MARGIN = 16;

/** The innermost lane that a point lies in; of what is dragged, not into itself. */
export function laneAt(scene: Scene, x: number, y: number, dragged: readonly NodePath[] = []): GraphPath | undefined {
  let found: GraphPath | undefined;
  for (const one of scene.nodes) {
    if (one.kind !== "container" || dragged.some((path) => path === one.id || isInside(one.graph, path))) continue;
    const box = absolute(scene, one.id);
    if (box === undefined) continue;
    for (const lane of one.lanes) {
      const [left, top] = [box.x + lane.x - MARGIN, box.y + lane.y - MARGIN];
      const isIn = x >= left && y >= top && x <= left + lane.width + 2 * MARGIN && y <= top + lane.height + 2 * MARGIN;
      // Containers come before what is in them: the last is the innermost.
      if (isIn) found = lane.graph;
    }
  }
  return found;
}

/** Both ends of a wire on the whole canvas. */
export function endsOf(scene: Scene, wire: SceneWire): readonly [number, number, number, number] | undefined {
  const [from, to] = [absolute(scene, wire.source), absolute(scene, wire.target)];
  if (from === undefined || to === undefined) return undefined;
  const y1 = from.y + portY(scene, wire.source, wire.output, "output");
  return [from.x + from.width, y1, to.x, to.y + portY(scene, wire.target, wire.input, "input")];
}

function portY(scene: Scene, id: string, name: string, side: "input" | "output"): number {
  if (name === ORDER_PORT) return HEAD_MIDDLE;
  return scene.byId.get(id)?.ports.find((port) => port.name === name && port.side === side)?.y ?? HEAD_MIDDLE;
}

/** A wire that only grazes a node is not meant. */
const INSIDE = 8;

/** The connection of a graph that a node lies on, the one that it covers most of. */
export function wireUnder(scene: Scene, graph: GraphPath, box: Box): SceneWire | undefined {
  let best: { wire: SceneWire; share: number } | undefined;
  for (const wire of scene.wires) {
    const ends = wire.kind === "value" && wire.graph === graph ? endsOf(scene, wire) : undefined;
    const share = ends === undefined ? 0 : shareInside(ends, box, INSIDE);
    if (share > (best?.share ?? 0)) best = { wire, share };
  }
  return best?.wire;
}

export type Direction = "left" | "right" | "up" | "down";

/** The node that one walks to from another: the nearest that way, what lies straight ahead before what lies aside. */
export function neighbour(scene: Scene, from: string, way: Direction): string | undefined {
  const here = absolute(scene, from);
  if (here === undefined) return undefined;
  const [x, y] = [here.x + here.width / 2, here.y + here.height / 2];
  const isAcross = way === "left" || way === "right";
  const sign = way === "right" || way === "down" ? 1 : -1;
  let best: { id: string; cost: number } | undefined;
  const parent = scene.byId.get(from)?.parent;
  for (const one of scene.nodes) {
    if (one.id === from || one.kind === "group" || one.parent !== parent) continue;
    const there = absolute(scene, one.id);
    if (there === undefined) continue;
    const [dx, dy] = [there.x + there.width / 2 - x, there.y + there.height / 2 - y];
    const ahead = (isAcross ? dx : dy) * sign;
    const aside = Math.abs(isAcross ? dy : dx);
    if (ahead <= 4) continue;
    const cost = ahead + 2.5 * aside;
    if (cost < (best?.cost ?? Infinity)) best = { id: one.id, cost };
  }
  return best?.id;
}
