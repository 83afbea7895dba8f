// How large nodes are on the canvas; remembered, since most stay the same from one edit to the next.
import type { Catalogue } from "@/model/catalogue";
import { closedSize, EMPTY_LANE, isOpen, laneLayout, type Size } from "@/model/geometry";
import { bodyAt, nodeAt, type GraphPath, type NodePath } from "@/model/path";
import { bodiesOf, type Graph, type WorkflowNode } from "@/model/workflow";
import type { Lane } from "@/pages/workflow/canvas/scene";

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
