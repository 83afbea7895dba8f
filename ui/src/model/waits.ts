// What waits for what without a connection between them: `after` lists and references, to be drawn as faint lines.
import type { Catalogue } from "@/model/catalogue";
import { orderOf } from "@/model/order";
import { bodyAt, nodeAt, ROOT, type GraphPath } from "@/model/path";
import { bodiesOf, type Graph } from "@/model/workflow";

export interface Wait {
  readonly source: string;
  readonly target: string;
}

/** By graph: who is waited for, and who waits, where no connection says it already. */
export function waitsOf(workflow: Graph, catalogue: Catalogue): ReadonlyMap<GraphPath, readonly Wait[]> {
  const order = orderOf(workflow, catalogue);
  const found = new Map<GraphPath, Wait[]>();
  const look = (graph: Graph, path: GraphPath): void => {
    const drawn = new Set(graph.connections.map(({ source, target }) => `${source} ${target}`));
    const waits = [...(order.get(path) ?? [])].flatMap(([target, sources]) =>
      [...sources].filter((source) => !drawn.has(`${source} ${target}`)).map((source) => ({ source, target })),
    );
    found.set(path, waits);
    for (const node of graph.nodes) {
      for (const [name, body] of bodiesOf(node)) look(body, bodyAt(nodeAt(path, node.id), name));
    }
  };
  look(workflow, ROOT);
  return found;
}
