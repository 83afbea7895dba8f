// Remove nodes; with or without closing the gap they leave.
import type { Catalogue } from "@/model/catalogue";
import { mayConnect } from "@/model/compatibility";
import { referencesIn } from "@/model/expression/references";
import { graphAt, graphOf, idOf, isInside, nodeOf, walk, withGraph, type GraphPath, type NodePath } from "@/model/path";
import { TRIGGER } from "@/model/ports";
import { count, listed, refuse, type Result } from "@/model/result";
import { resolve, type ResolvedConnection } from "@/model/resolve";
import { textsOf } from "@/model/texts";
import { edited, named, withoutNodes, type Edit } from "@/model/operations/edit";
import type { Graph, Workflow } from "@/model/workflow";

export function removeNodes(workflow: Workflow, catalogue: Catalogue, paths: readonly NodePath[]): Result<Edit> {
  const gone = outermost(paths.filter((path) => nodeOf(workflow, path) !== undefined));
  if (gone.length === 0) return refuse("Nothing is selected.");
  let left = workflow;
  for (const [graph, ids] of byGraph(gone)) left = withGraph(left, graph, (here) => withoutNodes(here, new Set(ids)));
  return edited(left, `Remove ${named(gone.map(idOf))}`, {
    selection: [],
    notes: readersOf(left, catalogue, gone.map(idOf)),
  });
}

/** Remove nodes and connect what came before each to what came after it, where that fits. */
export function removeAndReconnect(workflow: Workflow, catalogue: Catalogue, paths: readonly NodePath[]): Result<Edit> {
  const gone = outermost(paths.filter((path) => nodeOf(workflow, path) !== undefined));
  if (gone.length === 0) return refuse("Nothing is selected.");
  let left = workflow;
  const open: string[] = [];
  for (const path of gone) {
    const closed = closeGap(left, catalogue, graphOf(path), idOf(path));
    left = closed.workflow;
    open.push(...closed.open);
  }
  const notes = readersOf(left, catalogue, gone.map(idOf));
  if (open.length > 0) notes.unshift(`Nothing that came before fits ${listed(open)}; connect it anew.`);
  return edited(left, `Remove ${named(gone.map(idOf))} and reconnect`, { selection: [], notes });
}

function closeGap(
  workflow: Workflow,
  catalogue: Catalogue,
  path: GraphPath,
  id: string,
): { workflow: Workflow; open: string[] } {
  const graph = graphAt(workflow, path);
  const all = graph === undefined ? [] : resolve(graph, catalogue);
  const before = all.filter((one) => one.target === id);
  const after = all.filter((one) => one.source === id);
  // Values first: what only triggers the node has little to say to what comes after.
  const sources = [
    ...before.filter((one) => one.input !== TRIGGER.name),
    ...before.filter((one) => one.input === TRIGGER.name),
  ];
  let left = withGraph(workflow, path, (here) => withoutNodes(here, new Set([id])));
  const open: string[] = [];
  for (const next of after) {
    const joined = sources.some((source) => {
      const added = joinAcross(left, catalogue, path, source, next);
      left = added ?? left;
      return added !== undefined;
    });
    if (!joined && sources.length > 0) open.push(`${next.target}.${next.input ?? "input"}`);
  }
  return { workflow: left, open };
}

function joinAcross(
  workflow: Workflow,
  catalogue: Catalogue,
  path: GraphPath,
  before: ResolvedConnection,
  after: ResolvedConnection,
): Workflow | undefined {
  const from = { node: before.source, port: before.output };
  const to = { node: after.target, port: after.input };
  const joined = mayConnect(workflow, catalogue, path, from, to);
  if (!joined.ok) return undefined;
  const { output, input } = joined.value;
  const connection = { source: from.node, output: output.name, target: to.node, input: input.name };
  return withGraph(workflow, path, (graph) => ({ ...graph, connections: [...graph.connections, connection] }));
}

/** Paths without those that stand inside another of them. */
export function outermost(paths: readonly NodePath[]): NodePath[] {
  const unique = [...new Set(paths)];
  return unique.filter((path) => !unique.some((other) => other !== path && isInside(graphOf(path), other)));
}

export function byGraph(paths: readonly NodePath[]): Map<GraphPath, string[]> {
  const groups = new Map<GraphPath, string[]>();
  for (const path of paths) groups.set(graphOf(path), [...(groups.get(graphOf(path)) ?? []), idOf(path)]);
  return groups;
}

/** Sentences about who still reads nodes that are gone, or out of reach for those that `asks` names. */
export function readersOf(
  workflow: Graph,
  catalogue: Catalogue,
  ids: readonly string[],
  asks: (path: NodePath) => boolean = () => true,
): string[] {
  const gone = new Set(ids);
  const readers = new Map<string, Set<string>>();
  for (const [path, node] of walk(workflow)) {
    if (!asks(path)) continue;
    for (const { text, mode } of textsOf(node, catalogue)) {
      for (const { id } of referencesIn(text, mode)) {
        if (gone.has(id)) readers.set(id, (readers.get(id) ?? new Set()).add(path));
      }
    }
  }
  return [...readers].map(
    ([id, who]) => `\`${id}\` is still read by ${who.size > 3 ? count(who.size, "node") : listed([...who])}.`,
  );
}
