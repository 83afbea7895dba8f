// The workflow as a list: each node after what it waits for, what is in containers below them.
import type { Catalogue } from "@/model/catalogue";
import { orderOf } from "@/model/order";
import { bodyAt, nodeAt, ROOT, type GraphPath, type NodePath } from "@/model/path";
import { bodiesOf, type Graph, type Workflow, type WorkflowNode } from "@/model/workflow";

export interface OutlineRow {
  readonly path: NodePath;
  readonly node: WorkflowNode;
  /** From 1. */
  readonly level: number;
}

export function outlineOf(workflow: Workflow, catalogue: Catalogue): OutlineRow[] {
  const order = orderOf(workflow, catalogue);
  const rows: OutlineRow[] = [];
  const add = (graph: Graph, path: GraphPath, level: number): void => {
    for (const node of inOrder(graph, order.get(path) ?? new Map<string, ReadonlySet<string>>())) {
      const at = nodeAt(path, node.id);
      rows.push({ path: at, node, level });
      for (const [name, body] of bodiesOf(node)) add(body, bodyAt(at, name), level + 1);
    }
  };
  add(workflow, ROOT, 1);
  return rows;
}

/** What is waited for comes first; else as the file has it. */
export function inOrder(graph: Graph, before: ReadonlyMap<string, ReadonlySet<string>>): WorkflowNode[] {
  const sorted: WorkflowNode[] = [];
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const visit = (node: WorkflowNode): void => {
    if (seen.has(node.id)) return;
    seen.add(node.id);
    for (const id of before.get(node.id) ?? []) {
      const other = byId.get(id);
      if (other !== undefined) visit(other);
    }
    sorted.push(node);
  };
  for (const node of graph.nodes) visit(node);
  return sorted;
}
