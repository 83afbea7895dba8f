// Connect and disconnect; order without data.
import type { Catalogue } from "@/model/catalogue";
import { mayConnect, type End } from "@/model/compatibility";
import { orderOf, waitingFor } from "@/model/order";
import { graphAt, nodeAt, nodeOf, withGraph, withNode, type GraphPath } from "@/model/path";
import { refuse, type Result } from "@/model/result";
import { edited, withAfter, type Edit } from "@/model/operations/edit";
import { writeEnd, type Workflow } from "@/model/workflow";

/** Without a port, the one that fits is taken; both are written down, so that a later change moves no wire. */
export function connect(workflow: Workflow, catalogue: Catalogue, path: GraphPath, from: End, to: End): Result<Edit> {
  const joined = mayConnect(workflow, catalogue, path, from, to);
  if (!joined.ok) return joined;
  const connection = {
    source: from.node,
    output: joined.value.output.name,
    target: to.node,
    input: joined.value.input.name,
  };
  const connected = withGraph(workflow, path, (graph) => ({
    ...graph,
    connections: [...graph.connections, connection],
  }));
  const label = `Connect ${writeEnd(connection.source, connection.output)} to ${writeEnd(connection.target, connection.input)}`;
  return edited(connected, label);
}

/** By their places in the graph's list. */
export function disconnect(workflow: Workflow, path: GraphPath, indexes: readonly number[]): Result<Edit> {
  const graph = graphAt(workflow, path);
  const gone = new Set(indexes.filter((index) => graph?.connections[index] !== undefined));
  if (graph === undefined || gone.size === 0) return refuse("There is no such connection.");
  const [first] = gone;
  const one = first === undefined ? undefined : graph.connections[first];
  const what = gone.size === 1 && one ? `${one.source} from ${one.target}` : `${gone.size} connections`;
  const left = withGraph(workflow, path, (here) => ({
    ...here,
    connections: here.connections.filter((_, index) => !gone.has(index)),
  }));
  return edited(left, `Disconnect ${what}`);
}

/** Take an end of a connection to another port: one step, and its place in the list stays. */
export function reconnect(
  workflow: Workflow,
  catalogue: Catalogue,
  path: GraphPath,
  index: number,
  from: End,
  to: End,
): Result<Edit> {
  const opened = disconnect(workflow, path, [index]);
  if (!opened.ok) return opened;
  const joined = mayConnect(opened.value.workflow, catalogue, path, from, to);
  if (!joined.ok) return joined;
  const { output, input } = joined.value;
  const connection = { source: from.node, output: output.name, target: to.node, input: input.name };
  const moved = withGraph(opened.value.workflow, path, (graph) => ({
    ...graph,
    connections: graph.connections.toSpliced(index, 0, connection),
  }));
  return edited(moved, `Connect ${writeEnd(from.node, output.name)} to ${writeEnd(to.node, input.name)}`);
}

/** Let a node wait for another of its graph, without data. */
export function addAfter(
  workflow: Workflow,
  catalogue: Catalogue,
  path: GraphPath,
  node: string,
  other: string,
): Result<Edit> {
  const here = nodeAt(path, node);
  const found = nodeOf(workflow, here);
  if (found === undefined || nodeOf(workflow, nodeAt(path, other)) === undefined)
    return refuse("There is no such node here.");
  if (found.after?.includes(other)) return refuse(`\`${node}\` runs after \`${other}\` already.`);
  if (waitingFor(orderOf(workflow, catalogue).get(path) ?? new Map(), other, node) !== undefined) {
    return refuse(`\`${other}\` waits for \`${node}\`, so \`${node}\` cannot run after it.`);
  }
  const ordered = withNode(workflow, here, (one) => withAfter(one, [...(one.after ?? []), other]));
  return edited(ordered, `Run ${node} after ${other}`);
}

export function removeAfter(workflow: Workflow, path: GraphPath, node: string, other: string): Result<Edit> {
  const here = nodeAt(path, node);
  if (!nodeOf(workflow, here)?.after?.includes(other)) return refuse(`\`${node}\` does not wait for \`${other}\`.`);
  const free = withNode(workflow, here, (one) =>
    withAfter(
      one,
      (one.after ?? []).filter((id) => id !== other),
    ),
  );
  return edited(free, `Run ${node} without waiting for ${other}`);
}
