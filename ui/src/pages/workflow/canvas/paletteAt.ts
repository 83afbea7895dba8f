// The palette opened where the pointer is.
import type { Place } from "@/model/operations/move";
import type { GraphPath } from "@/model/path";
import type { OpenEnd } from "@/pages/workflow/canvas/drawing";
import { inGraph, laneAt } from "@/pages/workflow/canvas/geometry";
import { here } from "@/pages/workflow/canvas/viewport";
import { setView } from "@/pages/workflow/store/viewStore";

export interface Point {
  readonly clientX: number;
  readonly clientY: number;
}

/** The graph under a point, and where that is in it. */
export function placeAt(point: Point, graph?: GraphPath): { graph: GraphPath; at: Place } | undefined {
  if (here.flow === undefined) return undefined;
  const { x, y } = here.flow.screenToFlowPosition({ x: point.clientX, y: point.clientY });
  const target = graph ?? laneAt(here.scene, x, y) ?? "";
  return { graph: target, at: inGraph(here.scene, target, x, y) };
}

export function openPaletteAt(point: Point, graph?: GraphPath, from?: OpenEnd): void {
  const place = placeAt(point, graph);
  if (place === undefined) return;
  const room = here.element?.getBoundingClientRect();
  const { at } = place;
  const back = from?.side === "input" ? 224 : 0;
  setView({
    palette: {
      graph: place.graph,
      at: { x: at.x - back, y: at.y - (from === undefined ? 0 : 68) },
      from,
      screen: { x: point.clientX - (room?.left ?? 0), y: point.clientY - (room?.top ?? 0) },
    },
  });
}
