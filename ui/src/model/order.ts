// What waits for what: connections, references and `after` lists of every graph. Mirrors the check of order.
import type { Catalogue } from "@/model/catalogue";
import { chainsIn } from "@/model/expression/scan";
import { bodyAt, nodeAt, ROOT, type GraphPath } from "@/model/path";
import { textsOf } from "@/model/texts";
import { bodiesOf, type Graph, type WorkflowNode } from "@/model/workflow";

/** By graph, and in it by node: the ids of the nodes of the same graph it waits for. */
export type Order = ReadonlyMap<GraphPath, ReadonlyMap<string, ReadonlySet<string>>>;

interface Level {
  readonly before: Map<string, Set<string>>;
  readonly published: Map<string, string[]>;
  readonly owner: string | undefined;
  readonly above: Level | undefined;
}

const known = new WeakMap<Catalogue, WeakMap<Graph, Order>>();

export function orderOf(workflow: Graph, catalogue: Catalogue): Order {
  let ofCatalogue = known.get(catalogue);
  if (ofCatalogue === undefined) known.set(catalogue, (ofCatalogue = new WeakMap()));
  const before = ofCatalogue.get(workflow);
  if (before !== undefined) return before;
  const order = new Map<GraphPath, Map<string, Set<string>>>();
  readLevel(workflow, ROOT, undefined, undefined, catalogue, order);
  ofCatalogue.set(workflow, order);
  return order;
}

function readLevel(
  graph: Graph,
  path: GraphPath,
  owner: string | undefined,
  above: Level | undefined,
  catalogue: Catalogue,
  order: Map<GraphPath, Map<string, Set<string>>>,
): void {
  const level: Level = { before: new Map(), published: new Map(), owner, above };
  for (const node of graph.nodes) {
    level.before.set(node.id, new Set());
    if (node.publish !== undefined) {
      level.published.set(node.publish, [...(level.published.get(node.publish) ?? []), node.id]);
    }
  }
  order.set(path, level.before);
  for (const { source, target } of graph.connections)
    if (level.before.has(source)) level.before.get(target)?.add(source);
  for (const node of graph.nodes) {
    for (const id of node.after ?? []) if (level.before.has(id)) level.before.get(node.id)?.add(id);
    readNames(level, node.id, readsOf(node, catalogue));
    for (const [name, body] of bodiesOf(node)) {
      readLevel(body, bodyAt(nodeAt(path, node.id), name), node.id, level, catalogue, order);
    }
  }
}

interface Reads {
  /** Read as `nodes.<id>`. */
  readonly ids: ReadonlySet<string>;
  /** Read by name alone: perhaps what a node publishes. */
  readonly roots: ReadonlySet<string>;
}

const knownReads = new WeakMap<Catalogue, WeakMap<WorkflowNode, Reads>>();

/** What the texts of a node read; remembered, since most nodes stay the same from one edit to the next. */
function readsOf(node: WorkflowNode, catalogue: Catalogue): Reads {
  let ofCatalogue = knownReads.get(catalogue);
  if (ofCatalogue === undefined) knownReads.set(catalogue, (ofCatalogue = new WeakMap()));
  const before = ofCatalogue.get(node);
  if (before !== undefined) return before;
  const reads = { ids: new Set<string>(), roots: new Set<string>() };
  for (const { text, mode } of textsOf(node, catalogue)) {
    for (const { root, segments } of chainsIn(text, mode)) {
      if (root !== "nodes" && root !== "steps") reads.roots.add(root);
      else if (segments[0] !== undefined) reads.ids.add(segments[0].key);
    }
  }
  ofCatalogue.set(node, reads);
  return reads;
}

function readNames(level: Level, node: string, { ids, roots }: Reads): void {
  for (const id of ids) {
    for (const one of isVisible(level, id) ? [id] : publishersOf(level, id)) waits(level, node, one);
  }
  for (const root of roots) for (const one of publishersOf(level, root)) waits(level, node, one);
}

/** Note that `node` waits for another; where that stands further out, its container waits instead. */
function waits(from: Level, node: string, other: string): void {
  let level: Level | undefined = from;
  let dependent: string | undefined = node;
  while (level !== undefined && dependent !== undefined) {
    if (level.before.has(other)) {
      level.before.get(dependent)?.add(other);
      return;
    }
    dependent = level.owner;
    level = level.above;
  }
}

function isVisible(level: Level | undefined, id: string): boolean {
  return level !== undefined && (level.before.has(id) || isVisible(level.above, id));
}

function publishersOf(level: Level | undefined, name: string): string[] {
  return level === undefined ? [] : (level.published.get(name) ?? publishersOf(level.above, name));
}

/** A way from `from` back to `to` along what waits for what: `from` waits for the second, and so on. */
export function waitingFor(
  before: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): string[] | undefined {
  const came = new Map<string, string | undefined>([[from, undefined]]);
  const queue = [from];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    if (id === to) {
      const way: string[] = [];
      for (let step: string | undefined = id; step !== undefined; step = came.get(step)) way.unshift(step);
      return way;
    }
    for (const other of before.get(id) ?? []) {
      if (came.has(other)) continue;
      came.set(other, id);
      queue.push(other);
    }
  }
  return undefined;
}

/** Everything `from` waits for, near or far: what is upstream of it. */
export function upstreamOf(before: ReadonlyMap<string, ReadonlySet<string>>, from: string): Set<string> {
  const found = new Set<string>();
  const left = [from];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    for (const other of before.get(id) ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      left.push(other);
    }
  }
  return found;
}

/** Everything that waits for `from`, near or far: what is downstream of it. */
export function downstreamOf(before: ReadonlyMap<string, ReadonlySet<string>>, from: string): Set<string> {
  const followers = new Map<string, Set<string>>();
  for (const [id, others] of before) {
    for (const other of others) followers.set(other, (followers.get(other) ?? new Set()).add(id));
  }
  return upstreamOf(followers, from);
}
