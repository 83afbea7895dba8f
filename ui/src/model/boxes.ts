// Where nodes stand on the canvas, and how much room they take with what is in them.
import type { Catalogue } from "@/model/catalogue";
import type { Rectangle } from "@/model/freeSpot";
import { boundsOf, closedSize, EMPTY_LANE, isOpen, laneLayout, type Size } from "@/model/geometry";
import type { Place } from "@/model/operations/move";
import { bodiesOf, type BodyName, type Graph, type WorkflowNode } from "@/model/workflow";

export interface Lane {
  readonly name: BodyName;
  readonly body: Graph;
  readonly bounds: Rectangle | undefined;
}

export interface Sized {
  readonly size: Size;
  /** Undefined of what holds nothing. */
  readonly lanes: { readonly all: readonly Lane[]; readonly origins: ReadonlyMap<BodyName, Place> } | undefined;
}

/** A node with all that is in it, as if every container were open. */
export function sizedOf(node: WorkflowNode, catalogue: Catalogue): Sized {
  const bodies = bodiesOf(node);
  if (bodies.length === 0) return { size: closedSize(node, catalogue), lanes: undefined };
  const lanes = bodies.map(([name, body]) => {
    const boxes = body.nodes.map((inner) => ({ ...placeOf(inner), ...sizedOf(inner, catalogue).size }));
    return { name, body, bounds: boundsOf(boxes) };
  });
  const laid = laneLayout(lanes.map(({ name, bounds }) => ({ name, size: bounds ?? EMPTY_LANE })));
  return { size: laid.size, lanes: { all: lanes, origins: laid.origins } };
}

/** In the coordinates of its graph, open or closed as it is. */
export function boxOf(node: WorkflowNode, catalogue: Catalogue): Rectangle {
  return { ...placeOf(node), ...(isOpen(node) ? sizedOf(node, catalogue).size : closedSize(node, catalogue)) };
}

export function overlaps(one: Rectangle, other: Rectangle): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
}

function placeOf({ position }: WorkflowNode): Place {
  return { x: position?.x ?? 0, y: position?.y ?? 0 };
}
