// How large things are on the canvas. The canvas draws to these measures, so that layout needs no browser.
import type { Catalogue } from "@/model/catalogue";
import { dataInputs, dataOutputs, portsOf } from "@/model/ports";
import { bodiesOf, configOf, type BodyName, type WorkflowNode } from "@/model/workflow";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const NODE_WIDTH = 224;
export const NODE_HEAD = 56;
export const PORT_ROW = 24;
/** Of a container that is open: its title, then one lane below the other, each with a line for its name. */
export const CONTAINER_HEAD = 48;
export const LANE_HEAD = 24;
export const LANE_PADDING = 24;
export const EMPTY_LANE: Size = { width: 272, height: 96 };

/** A node as it is drawn closed. */
export function closedSize(node: WorkflowNode, catalogue: Catalogue): Size {
  const ports = portsOf(node, catalogue);
  if (ports.type?.kind === "note") {
    const { width, height } = configOf(node);
    return { width: typeof width === "number" ? width : 240, height: typeof height === "number" ? height : 120 };
  }
  const rows = Math.max(dataInputs(ports).length, dataOutputs(ports).length + (node.on_error === "branch" ? 1 : 0), 1);
  return { width: NODE_WIDTH, height: NODE_HEAD + rows * PORT_ROW + 8 };
}

export function isOpen(node: WorkflowNode): boolean {
  return bodiesOf(node).length > 0 && node.position?.collapsed !== true;
}

/** Where the content of each lane of an open container begins, and how large the container is around them. */
export function laneLayout(lanes: readonly { readonly name: BodyName; readonly size: Size }[]): {
  readonly size: Size;
  readonly origins: ReadonlyMap<BodyName, { readonly x: number; readonly y: number }>;
} {
  const origins = new Map<BodyName, { x: number; y: number }>();
  let width = NODE_WIDTH;
  let y = CONTAINER_HEAD;
  for (const { name, size } of lanes) {
    if (lanes.length > 1) y += LANE_HEAD;
    origins.set(name, { x: LANE_PADDING, y: y + LANE_PADDING });
    width = Math.max(width, size.width + 2 * LANE_PADDING);
    y += size.height + 2 * LANE_PADDING;
  }
  return { size: { width, height: y }, origins };
}

/** The smallest rectangle around others; undefined around none. */
export function boundsOf(
  boxes: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[],
): { x: number; y: number; width: number; height: number } | undefined {
  if (boxes.length === 0) return undefined;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
