// The palette opened where the pointer is.
import type { OpenEnd } from "@/pages/workflow/canvas/drawing";
import { inGraph, laneAt } from "@/pages/workflow/canvas/geometry";
import { here } from "@/pages/workflow/canvas/viewport";
import { setView } from "@/pages/workflow/store/viewStore";

export interface Point {
  readonly clientX: number;
  readonly clientY: number;
}

export function openPaletteAt(point: Point, graph?: string, from?: OpenEnd): void {
  if (here.flow === undefined) return;
  const room = here.element?.getBoundingClientRect();
  const { x, y } = here.flow.screenToFlowPosition({ x: point.clientX, y: point.clientY });
  const target = graph ?? laneAt(here.scene, x, y) ?? "";
  const at = inGraph(here.scene, target, x, y);
  const back = from?.side === "input" ? 224 : 0;
  setView({
    palette: {
      graph: target,
      at: { x: at.x - back, y: at.y - (from === undefined ? 0 : 68) },
      from,
      screen: { x: point.clientX - (room?.left ?? 0), y: point.clientY - (room?.top ?? 0) },
    },
  });
}
