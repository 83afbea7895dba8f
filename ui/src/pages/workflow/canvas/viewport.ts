// What of the canvas is shown. Commands move it without knowing the drawing library.
import type { ReactFlowInstance } from "@/pages/workflow/canvas/flow";
import type { FlowEdge, FlowNode } from "@/pages/workflow/canvas/flowNodes";
import { absolute, type Box } from "@/pages/workflow/canvas/geometry";
import { EMPTY_SCENE, type Scene } from "@/pages/workflow/canvas/scene";
import { boundsOf } from "@/model/geometry";

interface Here {
  flow: ReactFlowInstance<FlowNode, FlowEdge> | undefined;
  element: HTMLElement | undefined;
  scene: Scene;
}

/** The canvas that is on the page, if one is. */
export const here: Here = { flow: undefined, element: undefined, scene: EMPTY_SCENE };

const MOST_ZOOM = 1;

export function fitAll(): void {
  fit(here.scene.nodes.filter((one) => one.parent === undefined).map((one) => one.id));
}

export function fit(ids: readonly string[]): void {
  const box = boundsOf(ids.flatMap((id) => absolute(here.scene, id) ?? []));
  const room = here.element?.getBoundingClientRect();
  if (box === undefined || room === undefined || room.width === 0) return;
  // A wire that is drawn near the edge moves the canvas: ports stand further in.
  const margin = 128;
  const zoom = Math.min(MOST_ZOOM, (room.width - margin) / box.width, (room.height - margin) / box.height);
  const to = Math.max(0.05, zoom);
  void here.flow?.setViewport({
    x: room.width / 2 - (box.x + box.width / 2) * to,
    y: room.height / 2 - (box.y + box.height / 2) * to,
    zoom: to,
  });
}

/** The beginning of the workflow at a zoom at which it can be read, if all of it cannot. */
export function showFirst(): void {
  fitAll();
  if ((here.flow?.getZoom() ?? 1) >= 0.4) return;
  const box = boundsOf(here.scene.nodes.flatMap((one) => (one.parent === undefined ? (absolute(here.scene, one.id) ?? []) : [])));
  const room = here.element?.getBoundingClientRect();
  if (box === undefined || room === undefined) return;
  const zoom = 0.8;
  const left = here.scene.nodes.find((one) => one.x === box.x && one.parent === undefined);
  const y = left === undefined ? box.y + box.height / 2 : left.y + left.height / 2;
  void here.flow?.setViewport({ x: 48 - box.x * zoom, y: room.height / 2 - y * zoom, zoom });
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
