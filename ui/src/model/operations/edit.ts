// What every operation gives: another workflow, and what people are told about it.
import type { Catalogue } from "@/model/catalogue";
import { mapTexts, withKey } from "@/model/json";
import { withGraph, type GraphPath, type NodePath } from "@/model/path";
import { done, type Done } from "@/model/result";
import { mapNodeTexts } from "@/model/texts";
import type { Mode } from "@/model/expression/scan";
import { bodiesOf, type Graph, type Group, type Workflow, type WorkflowNode } from "@/model/workflow";

export interface Edit {
  readonly workflow: Workflow;
  /** What was done, for the list of steps to undo: `Add request`. */
  readonly label: string;
  /** What is to be selected now, where that changes. */
  readonly selection?: readonly NodePath[];
  /** What went with it that people would not expect, in sentences. */
  readonly notes?: readonly string[];
  /** Edits with the same key, one after another, are one step to undo. */
  readonly merge?: string;
}

export function edited(workflow: Workflow, label: string, more: Omit<Edit, "workflow" | "label"> = {}): Done<Edit> {
  return done({ workflow, label, ...more });
}

/** `a`, or `3 nodes`: for labels. */
export function named(ids: readonly string[]): string {
  return ids.length === 1 ? (ids[0] ?? "") : `${ids.length} nodes`;
}

/** The graph without the nodes, and without what leads to or from them. Expressions stay as they are. */
export function withoutNodes(graph: Graph, ids: ReadonlySet<string>): Graph {
  const nodes = graph.nodes
    .filter((node) => !ids.has(node.id))
    .map((node) =>
      node.after?.some((id) => ids.has(id))
        ? withAfter(
            node,
            node.after.filter((id) => !ids.has(id)),
          )
        : node,
    );
  const connections = graph.connections.filter(({ source, target }) => !ids.has(source) && !ids.has(target));
  const left: Graph = {
    ...graph,
    nodes,
    connections: connections.length === graph.connections.length ? graph.connections : connections,
  };
  return withGroups(left, (groups) => leaveGroups(groups, ids));
}

export function withAfter(node: WorkflowNode, after: readonly string[]): WorkflowNode {
  return withKey(node, "after", after.length > 0 ? [...new Set(after)] : undefined);
}

export function withGroups(graph: Graph, change: (groups: readonly Group[]) => readonly Group[]): Graph {
  const before = graph.groups ?? [];
  const after = change(before);
  return after === before ? graph : withKey(graph, "groups", after.length > 0 ? after : undefined);
}

/** Groups without those nodes; one that nothing is left in goes too. */
export function leaveGroups(groups: readonly Group[], ids: ReadonlySet<string>): readonly Group[] {
  if (!groups.some((group) => group.nodes.some((id) => ids.has(id)))) return groups;
  return groups
    .map((group) => ({ ...group, nodes: group.nodes.filter((id) => !ids.has(id)) }))
    .filter((group, index) => group.nodes.length > 0 || groups[index]?.nodes.length === 0);
}

/** Every expression of a graph and of the bodies in it changed; `enters` says whether a body is gone into. */
export function mapGraphTexts(
  graph: Graph,
  catalogue: Catalogue,
  change: (text: string, mode: Mode) => string,
  enters: (body: Graph) => boolean = () => true,
): Graph {
  let changed = false;
  const nodes = graph.nodes.map((node) => {
    const after = mapTextsWithin(node, catalogue, change, enters);
    changed ||= after !== node;
    return after;
  });
  const outputs = graph.outputs === undefined ? undefined : mapTexts(graph.outputs, (text) => change(text, "template"));
  const same = changed ? { ...graph, nodes } : graph;
  return outputs === graph.outputs ? same : withKey(same, "outputs", outputs);
}

/** Every expression of a node and of what is in its bodies changed. */
export function mapTextsWithin(
  node: WorkflowNode,
  catalogue: Catalogue,
  change: (text: string, mode: Mode) => string,
  enters: (body: Graph) => boolean = () => true,
): WorkflowNode {
  let after = mapNodeTexts(node, catalogue, change);
  for (const [name, body] of bodiesOf(node)) {
    const inner = enters(body) ? mapGraphTexts(body, catalogue, change, enters) : body;
    if (inner !== body) after = { ...after, [name]: inner };
  }
  return after;
}

/** Nodes added at the end of a graph. */
export function withNodes(workflow: Workflow, path: GraphPath, nodes: readonly WorkflowNode[]): Workflow {
  return withGraph(workflow, path, (graph) => ({ ...graph, nodes: [...graph.nodes, ...nodes] }));
}
