// What has become of one workflow in another: by node and field, and connection. Mirrors `treadle.authoring.difference`.
import { isObject, sameJson, type Json, type JsonObject } from "@/model/json";
import { bodyAt, nodeAt, ROOT, type GraphPath, type NodePath } from "@/model/path";
import {
  BODIES,
  EMPTY_GRAPH,
  inputSchemas,
  writeEnd,
  type BodyName,
  type Connection,
  type Graph,
  type Workflow,
  type WorkflowNode,
} from "@/model/workflow";

export type ChangeKind = "added" | "removed" | "changed" | "renamed";

/** `field` leads to it: `config.headers.Accept`. A side where there is nothing is missing. */
export interface FieldChange {
  readonly field: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** `renamed` is a guess: a node is gone, and one like it is there under another id; `before` is its path. */
export interface NodeChange {
  readonly kind: ChangeKind;
  readonly path: NodePath;
  readonly type: string;
  readonly fields: readonly FieldChange[];
  readonly before?: NodePath;
}

export interface ConnectionChange {
  readonly kind: "added" | "removed";
  readonly graph: GraphPath;
  /** With the ids it has on its own side. */
  readonly connection: Connection;
}

export interface Difference {
  readonly nodes: readonly NodeChange[];
  readonly connections: readonly ConnectionChange[];
  /** The workflow's own fields. */
  readonly fields: readonly FieldChange[];
}

/** Fields that change nothing of what a run does. */
const LOOKS = new Set(["title", "note", "position", "description", "tags", "groups"]);
const DEFAULTS: Readonly<Record<string, Json>> = { join: "any", lazy: false, on_error: "fail", disabled: false };

export function isLooks(change: FieldChange): boolean {
  return LOOKS.has(change.field.split(".")[0] ?? "");
}

/** Whether nothing of what a run does is different. */
export function isOnlyLooks({ nodes, connections, fields }: Difference): boolean {
  const changes = [...fields, ...nodes.flatMap((node) => node.fields)];
  return nodes.every((node) => node.kind === "changed") && connections.length === 0 && changes.every(isLooks);
}

export function compareWorkflows(before: Workflow, after: Workflow): Difference {
  const found = { nodes: [] as NodeChange[], connections: [] as ConnectionChange[] };
  compareGraphs(before, after, ROOT, found);
  return { ...found, fields: ownFields(before, after) };
}

function compareGraphs(
  before: Graph,
  after: Graph,
  path: GraphPath,
  found: { nodes: NodeChange[]; connections: ConnectionChange[] },
): void {
  const one = new Map(before.nodes.map((node) => [node.id, node]));
  const other = new Map(after.nodes.map((node) => [node.id, node]));
  const renamed = findRenamed(one, other);
  const inside: [WorkflowNode, WorkflowNode][] = [];
  for (const node of after.nodes) {
    const at = nodeAt(path, node.id);
    const was = one.get(renamed.get(node.id) ?? node.id);
    if (was === undefined) {
      const fields = compare("", { type: node.type, config: {} }, contentOf(node));
      found.nodes.push({ kind: "added", path: at, type: node.type, fields });
      continue;
    }
    const fields = compare("", contentOf(was), contentOf(node));
    if (was.id !== node.id) {
      found.nodes.push({ kind: "renamed", path: at, type: node.type, fields, before: nodeAt(path, was.id) });
    } else if (fields.length > 0) found.nodes.push({ kind: "changed", path: at, type: node.type, fields });
    inside.push([was, node]);
  }
  const kept = new Set(renamed.values());
  for (const node of before.nodes) {
    if (other.has(node.id) || kept.has(node.id)) continue;
    found.nodes.push({ kind: "removed", path: nodeAt(path, node.id), type: node.type, fields: [] });
  }
  const names = new Map([...renamed].map(([now, old]) => [old, now]));
  compareConnections(before, after, path, names, found.connections);
  for (const [was, node] of inside) compareBodies(was, node, nodeAt(path, node.id), found);
}

function compareConnections(
  before: Graph,
  after: Graph,
  graph: GraphPath,
  names: ReadonlyMap<string, string>,
  found: ConnectionChange[],
): void {
  const write = ({ source, output, target, input }: Connection, nameOf: (id: string) => string): string =>
    `${writeEnd(nameOf(source), output)} -> ${writeEnd(nameOf(target), input)}`;
  const was = before.connections.map((one) => write(one, (id) => names.get(id) ?? id));
  const is = after.connections.map((one) => write(one, (id) => id));
  const [hadBefore, hasNow] = [new Set(was), new Set(is)];
  for (const [index, connection] of after.connections.entries()) {
    if (!hadBefore.has(is[index] ?? "")) found.push({ kind: "added", graph, connection });
  }
  for (const [index, connection] of before.connections.entries()) {
    if (!hasNow.has(was[index] ?? "")) found.push({ kind: "removed", graph, connection });
  }
}

function compareBodies(
  before: WorkflowNode,
  after: WorkflowNode,
  path: NodePath,
  found: { nodes: NodeChange[]; connections: ConnectionChange[] },
): void {
  const names: BodyName[] = BODIES.filter((name) => before[name] ?? after[name]);
  for (const name of names) {
    const [one, other] = [before[name] ?? EMPTY_GRAPH, after[name] ?? EMPTY_GRAPH];
    const graph = bodyAt(path, name);
    compareGraphs(one, other, graph, found);
    const fields = [
      ...compare("outputs", one.outputs ?? undefined, other.outputs ?? undefined),
      ...compare("groups", orNothing(one.groups), orNothing(other.groups)),
    ];
    if (fields.length > 0) found.nodes.push({ kind: "changed", path: graph, type: after.type, fields });
  }
}

/** New id to old id, where a node is gone and one of the same type, config and content is there. */
function findRenamed(
  before: ReadonlyMap<string, WorkflowNode>,
  after: ReadonlyMap<string, WorkflowNode>,
): Map<string, string> {
  const gone = [...before.values()].filter((node) => !after.has(node.id));
  const renamed = new Map<string, string>();
  for (const node of after.values()) {
    if (before.has(node.id)) continue;
    const like = gone.findIndex((old) => isAlike(old, node));
    const [old] = like < 0 ? [] : gone.splice(like, 1);
    if (old !== undefined) renamed.set(node.id, old.id);
  }
  return renamed;
}

function isAlike(one: WorkflowNode, other: WorkflowNode): boolean {
  return (
    one.type === other.type &&
    sameJson(one.config ?? {}, other.config ?? {}) &&
    BODIES.every((name) => sameJson(one[name], other[name]))
  );
}

/** The node's fields but for its id and bodies, without what is default. */
function contentOf(node: WorkflowNode): JsonObject {
  const content: Record<string, Json> = { config: {} };
  for (const [key, value] of Object.entries(node)) {
    if (key === "id" || value === undefined || BODIES.some((name) => name === key)) continue;
    const isDefault = DEFAULTS[key] === value || (key === "after" && Array.isArray(value) && value.length === 0);
    if (!isDefault) content[key] = value as Json;
  }
  return content;
}

function ownFields(before: Workflow, after: Workflow): FieldChange[] {
  const own = ["name", "id", "title", "description", "tags", "inputs", "settings", "outputs", "groups"] as const;
  const valueOf = (side: Workflow, key: (typeof own)[number]): Json | undefined =>
    orNothing(key === "inputs" ? inputSchemas(side) : side[key]);
  return own.flatMap((key) => compare(key, valueOf(before, key), valueOf(after, key)));
}

function orNothing(value: unknown): Json | undefined {
  const isNothing = value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
  return value === undefined || isNothing ? undefined : (value as Json);
}

/** Where two values differ; objects are gone into, lists are not. */
function compare(field: string, before: Json | undefined, after: Json | undefined): FieldChange[] {
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => compare(field === "" ? key : `${field}.${key}`, before[key], after[key]));
  }
  if (sameJson(before, after)) return [];
  return [{ field, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}
