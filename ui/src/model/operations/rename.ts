// Give a node another id: whatever names it, names it so from then on.
import type { Catalogue } from "@/model/catalogue";
import { renameReferences, rewriteChains } from "@/model/expression/references";
import { writeSegment, type Chain } from "@/model/expression/scan";
import { graphAt, graphOf, idOf, nodeAt, nodeOf, ownerOf, withGraph, type NodePath } from "@/model/path";
import { refuse, type Result } from "@/model/result";
import { edited, mapGraphTexts, withGroups, type Edit } from "@/model/operations/edit";
import { idProblem } from "@/model/operations/naming";
import { findNode, type Connection, type Graph, type Workflow } from "@/model/workflow";

export function renameNode(workflow: Workflow, catalogue: Catalogue, path: NodePath, id: string): Result<Edit> {
  const graphPath = graphOf(path);
  const old = idOf(path);
  const graph = graphAt(workflow, graphPath);
  if (graph === undefined || nodeOf(workflow, path) === undefined) return refuse("There is no such node.");
  if (id === old) return refuse("It is called so already.");
  const problem = idProblem(workflow, graphPath, id, old);
  if (problem !== undefined) return problem;
  const isBranch = isResultOfParallel(workflow, graph, path);
  let renamed = withGraph(workflow, graphPath, (here) => renameIn(here, catalogue, new Map([[old, id]])));
  const owner = ownerOf(graphPath);
  if (isBranch && owner !== undefined) {
    renamed = renameBranch(renamed, catalogue, owner.container, old, id);
  }
  return edited(renamed, `Rename ${old} to ${id}`, { selection: [nodeAt(graphPath, id)] });
}

/** A graph in which nodes are called otherwise: ids, connections, `after`, groups and every expression that can see
 * them. New ids must not be in use. */
export function renameIn(graph: Graph, catalogue: Catalogue, names: ReadonlyMap<string, string>): Graph {
  if (names.size === 0) return graph;
  const nameOf = (id: string): string => names.get(id) ?? id;
  const written = mapGraphTexts(
    graph,
    catalogue,
    (text, mode) => renameReferences(text, mode, (id) => names.get(id)),
    // There its own node of that name is meant.
    (body) => ![...names.keys()].some((id) => findNode(body, id) !== undefined),
  );
  const renamed: Graph = {
    ...written,
    nodes: written.nodes.map((node) => {
      const after = node.after?.some((id) => names.has(id)) ? { after: node.after.map(nameOf) } : {};
      return names.has(node.id) || "after" in after ? { ...node, id: nameOf(node.id), ...after } : node;
    }),
    connections: written.connections.map((one) => renameEnds(one, names)),
  };
  return withGroups(renamed, (groups) =>
    groups.some((group) => group.nodes.some((id) => names.has(id)))
      ? groups.map((group) => ({ ...group, nodes: group.nodes.map(nameOf) }))
      : groups,
  );
}

function renameEnds(connection: Connection, names: ReadonlyMap<string, string>): Connection {
  const [source, target] = [names.get(connection.source), names.get(connection.target)];
  if (source === undefined && target === undefined) return connection;
  const { written: _, ...plain } = connection;
  return { ...plain, source: source ?? plain.source, target: target ?? plain.target };
}

/** Whether the container's output has a field of the node's id: the last node of a branch of `flow.parallel`. */
function isResultOfParallel(workflow: Workflow, graph: Graph, path: NodePath): boolean {
  const owner = ownerOf(graphOf(path));
  const container = owner && nodeOf(workflow, owner.container);
  if (owner?.body !== "body" || container?.type !== "flow.parallel") return false;
  return !graph.connections.some((one) => one.source === idOf(path));
}

/** `nodes.both.output.short` reads the branch `short` of `both`. */
function renameBranch(
  workflow: Workflow,
  catalogue: Catalogue,
  container: NodePath,
  from: string,
  to: string,
): Workflow {
  const parent = graphOf(container);
  const id = idOf(container);
  const write = (text: string, chain: Chain): string | undefined => {
    const [node, output, branch] = chain.segments;
    if ((chain.root !== "nodes" && chain.root !== "steps") || node?.key !== id || output?.key !== "output")
      return undefined;
    if (branch?.key !== from) return undefined;
    return (
      text.slice(chain.start, branch.start) + writeSegment(to, branch.optional) + text.slice(branch.end, chain.end)
    );
  };
  return withGraph(workflow, parent, (graph) =>
    mapGraphTexts(
      graph,
      catalogue,
      (text, mode) => rewriteChains(text, mode, (chain) => write(text, chain)),
      (body) => findNode(body, id) === undefined,
    ),
  );
}
