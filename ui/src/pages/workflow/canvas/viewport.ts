// What of the canvas is shown. Commands move it without knowing the drawing library.
import { fitted, fittedToRead, leftmost } from "@/components/graph/fit";
import type { ReactFlowInstance } from "@/components/graph/flow";
import type { FlowEdge, FlowNode } from "@/pages/workflow/canvas/flowNodes";
import { absolute, type Box } from "@/pages/workflow/canvas/geometry";
import { EMPTY_SCENE, type Scene } from "@/pages/workflow/canvas/scene";
import { boundsOf } from "@/model/geometry";
import { graphOf, type GraphPath } from "@/model/path";

interface Here {
  flow: ReactFlowInstance<FlowNode, FlowEdge> | undefined;
  element: HTMLElement | undefined;
  scene: Scene;
}

/** The canvas that is on the page, if one is. */
export const here: Here = { flow: undefined, element: undefined, scene: EMPTY_SCENE };

/** A wire that is drawn near the edge moves the canvas: ports stand further in. */
const MARGIN = 64;
/** At less than that its names can hardly be read; then it begins at the beginning. */
const READABLE = { least: 0.4, zoom: 0.8 };

export function fitAll(): void {
  fit(here.scene.nodes.filter((one) => one.parent === undefined).map((one) => one.id));
}

export function fit(ids: readonly string[]): void {
  const box = boundsOf(ids.flatMap((id) => absolute(here.scene, id) ?? []));
  const room = here.element?.getBoundingClientRect();
  if (box === undefined || room === undefined || room.width === 0) return;
  void here.flow?.setViewport(fitted(box, room, MARGIN));
}

/** The beginning of the workflow at a zoom at which it can be read, if all of it cannot. */
export function showFirst(): void {
  const boxes = here.scene.nodes.flatMap((one) => (one.parent === undefined ? (absolute(here.scene, one.id) ?? []) : []));
  const [box, first] = [boundsOf(boxes), leftmost(boxes)];
  const room = here.element?.getBoundingClientRect();
  if (box === undefined || first === undefined || room === undefined || room.width === 0) return;
  void here.flow?.setViewport(fittedToRead(box, first, room, MARGIN, READABLE));
}

/** Move as far as needed for a node to be seen whole. */
export function reveal(id: string): void {
  const box = absolute(here.scene, id);
  const room = here.element?.getBoundingClientRect();
  const flow = here.flow;
  if (box === undefined || room === undefined || flow === undefined) return;
  const { x, y, zoom } = flow.getViewport();
  const [left, top] = [box.x * zoom + x, box.y * zoom + y];
  const [right, bottom] = [left + box.width * zoom, top + box.height * zoom];
  const margin = 40;
  const isSeen = left >= 0 && top >= 0 && right <= room.width && bottom <= room.height;
  if (isSeen && zoom >= 0.3) return;
  const to = Math.max(zoom, 0.6);
  void flow.setViewport({
    x: to !== zoom || right > room.width - margin || left < margin ? room.width / 2 - (box.x + box.width / 2) * to : x,
    y: to !== zoom || bottom > room.height - margin || top < margin ? room.height / 2 - (box.y + box.height / 2) * to : y,
    zoom: to,
  });
}

/** The middle of what is shown, in canvas units. */
export function middle(): { x: number; y: number } {
  const room = here.element?.getBoundingClientRect();
  if (room === undefined || here.flow === undefined) return { x: 0, y: 0 };
  return here.flow.screenToFlowPosition({ x: room.left + room.width / 2, y: room.top + room.height / 2 }, { snapToGrid: false });
}

export function zoomTo(zoom: number): void {
  void here.flow?.zoomTo(zoom);
}

export function zoomBy(factor: number): void {
  void here.flow?.zoomTo((here.flow.getZoom() || 1) * factor);
}

export function boxOf(id: string): Box | undefined {
  return absolute(here.scene, id);
}

/** The boxes that the nodes of a graph take, in the graph's own coordinates. */
export function takenIn(graph: GraphPath): Box[] {
  const nodes = here.scene.nodes.filter((one) => one.node !== undefined && graphOf(one.id) === graph);
  return nodes.map(({ x, y, originX, originY, width, height }) => ({ x: x - originX, y: y - originY, width, height }));
}
