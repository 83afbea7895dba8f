// Room for a node that is put between two others: what stands behind it moves on.
import type { Catalogue } from "@/model/catalogue";
import { closedSize, isOpen } from "@/model/geometry";
import { snap } from "@/model/operations/move";
import { withGraph, type GraphPath } from "@/model/path";
import { findNode, type Workflow } from "@/model/workflow";

/** Between a node and what it is connected to, so that the wire can be seen. */
const GAP = 56;

export interface Between {
  readonly source: string;
  readonly id: string;
  readonly target: string;
}

/** The node right of its source, and what stands as far right as its target so much further that there is room. Where the
 * target stands left of the source, or something is open around other nodes, everything stays where it is. */
export function withRoom(workflow: Workflow, catalogue: Catalogue, path: GraphPath, { source, id, target }: Between): Workflow {
  return withGraph(workflow, path, (graph) => {
    const [from, node, to] = [findNode(graph, source), findNode(graph, id), findNode(graph, target)];
    if (!from?.position || !node?.position || !to?.position || isOpen(from) || isOpen(node)) return graph;
    const right = from.position.x + closedSize(from, catalogue).width;
    if (to.position.x < right) return graph;
    const edge = to.position.x;
    const x = snap(Math.max(node.position.x, right + GAP));
    const by = snap(Math.max(0, x + closedSize(node, catalogue).width + GAP - edge));
    if (by === 0 && x === node.position.x) return graph;
    return {
      ...graph,
      nodes: graph.nodes.map((one) => {
        if (one.id === id) return { ...one, position: { ...one.position, x, y: node.position?.y ?? 0 } };
        if (by === 0 || one.position === undefined || one.position.x < edge) return one;
        return { ...one, position: { ...one.position, x: one.position.x + by } };
      }),
    };
  });
}
