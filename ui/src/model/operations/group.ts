// Groups: nodes drawn together under a title, which may be folded to one.
import { graphAt, graphOf, idOf, withGraph, type GraphPath, type NodePath } from "@/model/path";
import { refuse, type Result } from "@/model/result";
import { withKey } from "@/model/json";
import { edited, leaveGroups, withGroups, type Edit } from "@/model/operations/edit";
import { chosenOf } from "@/model/operations/fragment";
import { uniqueId } from "@/model/operations/naming";
import type { Group, Workflow } from "@/model/workflow";

/** A node leaves the group it was in. */
export function groupNodes(workflow: Workflow, paths: readonly NodePath[], title?: string): Result<Edit> {
  const chosen = chosenOf(workflow, paths);
  if (!chosen.ok) return chosen;
  const { graph, ids } = chosen.value;
  const id = uniqueId("group", new Set((graph.groups ?? []).map((group) => group.id)));
  // In the graph's order, so that the same selection always gives the same file.
  const nodes = graph.nodes.map((node) => node.id).filter((one) => ids.has(one));
  const group: Group = { id, ...(title ? { title } : {}), nodes };
  const grouped = withGraph(workflow, graphOf(paths[0] ?? ""), (here) =>
    withGroups(here, (groups) => [...leaveGroups(groups, ids), group]),
  );
  return edited(grouped, `Group ${nodes.length} nodes`);
}

/** The nodes stay. */
export function ungroup(workflow: Workflow, graph: GraphPath, id: string): Result<Edit> {
  if (findGroup(workflow, graph, id) === undefined) return refuse("There is no such group.");
  const after = withGraph(workflow, graph, (here) =>
    withGroups(here, (groups) => groups.filter((group) => group.id !== id)),
  );
  return edited(after, "Ungroup");
}

/** Change the title, the colour, or whether it is folded; undefined removes what was set. */
export function setGroup(
  workflow: Workflow,
  graph: GraphPath,
  id: string,
  change: { readonly title?: string | undefined; readonly color?: string | undefined; readonly collapsed?: boolean },
): Result<Edit> {
  if (findGroup(workflow, graph, id) === undefined) return refuse("There is no such group.");
  const apply = (group: Group): Group => {
    let after = group;
    if ("title" in change) after = withKey(after, "title", change.title || undefined);
    if ("color" in change) after = withKey(after, "color", change.color);
    if ("collapsed" in change) after = withKey(after, "collapsed", change.collapsed || undefined);
    return after;
  };
  const after = withGraph(workflow, graph, (here) =>
    withGroups(here, (groups) => groups.map((group) => (group.id === id ? apply(group) : group))),
  );
  const label =
    change.collapsed === undefined ? "Change the group" : change.collapsed ? "Fold the group" : "Open the group";
  return edited(after, label, { merge: `group:${graph}:${id}` });
}

/** Take nodes into a group of their graph, or (undefined) out of any. */
export function moveToGroup(workflow: Workflow, paths: readonly NodePath[], id: string | undefined): Result<Edit> {
  const chosen = chosenOf(workflow, paths);
  if (!chosen.ok) return chosen;
  const { ids } = chosen.value;
  const graph = graphOf(paths[0] ?? "");
  if (id !== undefined && findGroup(workflow, graph, id) === undefined) return refuse("There is no such group here.");
  const after = withGraph(workflow, graph, (here) =>
    withGroups(here, (groups) => {
      const joined = groups.map((group) =>
        group.id === id
          ? { ...group, nodes: [...new Set([...group.nodes, ...ids])] }
          : { ...group, nodes: group.nodes.filter((node) => !ids.has(node)) },
      );
      return joined.filter((group) => group.nodes.length > 0);
    }),
  );
  return edited(after, id === undefined ? "Take out of the group" : "Move to the group");
}

export function findGroup(workflow: Workflow, graph: GraphPath, id: string): Group | undefined {
  return graphAt(workflow, graph)?.groups?.find((group) => group.id === id);
}

/** The group that a node is in. */
export function groupOf(workflow: Workflow, path: NodePath): Group | undefined {
  return graphAt(workflow, graphOf(path))?.groups?.find((group) => group.nodes.includes(idOf(path)));
}
