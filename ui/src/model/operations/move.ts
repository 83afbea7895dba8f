// Where nodes stand: dragged, or placed by the layout. One drag is one step to undo.
import { graphOf, idOf, withGraph, type GraphPath, type NodePath } from "@/model/path";
import { refuse, type Result } from "@/model/result";
import { edited, named, type Edit } from "@/model/operations/edit";
import type { Position, Workflow } from "@/model/workflow";

export const GRID = 8;

export function snap(value: number): number {
  // Not -0, which JSON would write as 0 and a comparison take for a change.
  return Math.round(value / GRID) * GRID + 0;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export function moveNodes(workflow: Workflow, places: ReadonlyMap<NodePath, Place>): Result<Edit> {
  const after = withPlaces(workflow, places);
  if (after === workflow) return refuse("Nothing moves.");
  const paths = [...places.keys()];
  return edited(after, `Move ${named(paths.map(idOf))}`, { merge: `move:${paths.toSorted().join(" ")}` });
}

export function tidied(workflow: Workflow, places: ReadonlyMap<NodePath, Place>): Result<Edit> {
  const after = withPlaces(workflow, places);
  return after === workflow ? refuse("It is tidy already.") : edited(after, "Tidy up");
}

/** Positions on the grid; what else a position holds stays. */
export function withPlaces(workflow: Workflow, places: ReadonlyMap<NodePath, Place>): Workflow {
  const byGraph = new Map<GraphPath, Map<string, Place>>();
  for (const [path, place] of places) {
    const ids = byGraph.get(graphOf(path));
    if (ids === undefined) byGraph.set(graphOf(path), new Map([[idOf(path), place]]));
    else ids.set(idOf(path), place);
  }
  let after = workflow;
  for (const [graphPath, ids] of byGraph) {
    after = withGraph(after, graphPath, (graph) => {
      let changed = false;
      const nodes = graph.nodes.map((node) => {
        const place = ids.get(node.id);
        if (place === undefined) return node;
        const [x, y] = [snap(place.x), snap(place.y)];
        if (node.position?.x === x && node.position.y === y) return node;
        changed = true;
        return { ...node, position: { ...node.position, x, y } };
      });
      return changed ? { ...graph, nodes } : graph;
    });
  }
  return after;
}

/** Open or close a container on the canvas, or give it another size. */
export function setShape(
  workflow: Workflow,
  path: NodePath,
  shape: Pick<Position, "width" | "height" | "collapsed">,
): Result<Edit> {
  const after = withGraph(workflow, graphOf(path), (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.id === idOf(path) ? { ...node, position: { x: 0, y: 0, ...node.position, ...shape } } : node,
    ),
  }));
  const verb = shape.collapsed === undefined ? "Resize" : shape.collapsed ? "Close" : "Open";
  // Opening and closing are steps of their own; pulling is one until it is let go.
  return edited(after, `${verb} ${idOf(path)}`, shape.collapsed === undefined ? { merge: `shape:${path}` } : {});
}
