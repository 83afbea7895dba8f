// From JSON to the editor's workflow, and back to the same JSON: nothing is lost, keys keep their order.
import { isList, isObject, type Json, type JsonObject } from "@/model/json";
import {
  BODIES,
  NODE_ID,
  writeEnd,
  type Connection,
  type Graph,
  type Group,
  type Position,
  type WorkflowNode,
} from "@/model/workflow";

/** Inside the reading: what keeps a definition from being drawn. */
export class Unreadable extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** A list that the file did not have, and that is not written while it stays as it is. */
const ABSENT: readonly never[] = Object.freeze([]);

const GRAPH_KEYS = ["nodes", "connections", "outputs", "groups"];
const NODE_KEYS = [
  ...["id", "type", "title", "config", "input", "body", "catch", "finally", "after", "when", "join", "lazy", "retry"],
  ...["timeout", "on_error", "cache", "disabled", "pinned", "note", "position", "publish"],
];
const RETRY_KEYS = ["max_attempts", "delay", "backoff", "max_delay", "jitter", "retry_on"];
const MAY_BE_NULL = new Set(["input", "pinned", "outputs"]);

/** `maxAttempts` becomes `max_attempts`. */
export function snakeCase(key: string): string {
  return key.replace(/(?<=[a-z0-9])[A-Z]/g, (hump) => `_${hump.toLowerCase()}`).replaceAll("-", "_");
}

/** The keys that are `known` in snake_case; others, and the order, stay. Null says no more than a missing key. */
export function knownKeys(raw: JsonObject, known: readonly string[]): Record<string, Json> {
  const fields: Record<string, Json> = {};
  for (const [key, value] of Object.entries(raw)) {
    const name = snakeCase(key);
    const ours = !known.includes(key) && known.includes(name) && !(name in raw) ? name : key;
    if (value !== null || MAY_BE_NULL.has(ours) || !known.includes(ours)) fields[ours] = value;
  }
  return fields;
}

/** Raises `Unreadable`. */
export function readGraph(raw: JsonObject, where: string, moreKeys: readonly string[] = []): Graph {
  if ("steps" in raw)
    throw new Unreadable(`${where} is written as steps.`, "Draw the graph that the server makes of it.");
  const fields: { -readonly [Key in keyof Graph]?: Graph[Key] } & Record<string, unknown> = {};
  for (const [key, value] of Object.entries(knownKeys(raw, [...GRAPH_KEYS, ...moreKeys]))) {
    if (key === "nodes") fields.nodes = readNodes(list(value, `${where}: nodes`), where);
    else if (key === "connections") fields.connections = list(value, `${where}: connections`).map(readConnection);
    else if (key === "groups") fields.groups = list(value, `${where}: groups`).map(readGroup);
    else if (key === "output" && !("outputs" in raw)) fields.outputs = value;
    else fields[key] = value;
    if (key === "nodes" && !("connections" in raw)) fields.connections = ABSENT;
  }
  // A key written again stays where it stands.
  return { ...fields, nodes: fields.nodes ?? ABSENT, connections: fields.connections ?? ABSENT };
}

export function writeGraph(graph: Graph): JsonObject {
  const raw: Record<string, Json> = {};
  for (const [key, value] of Object.entries(graph)) {
    if (value === ABSENT || value === undefined) continue;
    if (key === "nodes") raw["nodes"] = graph.nodes.map(writeNode);
    else if (key === "connections") raw["connections"] = graph.connections.map(writeConnection);
    else raw[key] = value as Json;
  }
  return raw;
}

function readNodes(raw: readonly Json[], where: string): WorkflowNode[] {
  const nodes = raw.map((item, index) => readNode(item, `${where}: nodes[${index}]`));
  const ids = new Set<string>();
  for (const { id } of nodes) {
    if (ids.has(id)) throw new Unreadable(`Two nodes are called \`${id}\`.`, "Give each its own id in the text.");
    ids.add(id);
  }
  return nodes;
}

function readNode(raw: Json, where: string): WorkflowNode {
  const fields: Record<string, unknown> = knownKeys(object(raw, where), NODE_KEYS);
  const id = typeof fields["id"] === "number" ? String(fields["id"]) : fields["id"];
  if (typeof id !== "string" || !NODE_ID.test(id)) {
    const shown = id === undefined ? "no id" : `the id ${JSON.stringify(id)}`;
    throw new Unreadable(`${where} has ${shown}.`, "Use letters, digits, `_` and `-`, with a letter or `_` first.");
  }
  for (const name of BODIES) {
    if (name in fields) fields[name] = readGraph(object(fields[name], `${where}.${name}`), `${id}.${name}`);
  }
  if ("config" in fields) object(fields["config"], `${where}.config`);
  if ("after" in fields) fields["after"] = readNames(fields["after"], `${where}.after`);
  if (isObject(fields["retry"])) fields["retry"] = knownKeys(fields["retry"], RETRY_KEYS);
  if ("position" in fields) fields["position"] = readPosition(fields["position"], `${where}.position`);
  return { ...fields, id, type: typeof fields["type"] === "string" ? fields["type"] : "" };
}

function writeNode(node: WorkflowNode): JsonObject {
  const raw: Record<string, Json> = {};
  for (const [key, value] of Object.entries(node)) {
    if (value === undefined) continue;
    const body = BODIES.find((name) => name === key);
    const graph = body && node[body];
    raw[key] = graph === undefined ? (value as Json) : writeGraph(graph);
  }
  return raw;
}

function readConnection(raw: Json, index: number): Connection {
  const fields = object(raw, `connections[${index}]`);
  const [source, output] = readEnd(fields["from"], `connections[${index}].from`);
  const [target, input] = readEnd(fields["to"], `connections[${index}].to`);
  const connection: Connection = {
    source,
    ...(output === undefined ? {} : { output }),
    target,
    ...(input === undefined ? {} : { input }),
  };
  const plain = JSON.stringify(writeConnection(connection)) === JSON.stringify(raw);
  return plain ? connection : { ...connection, written: fields };
}

function writeConnection(connection: Connection): JsonObject {
  const { source, output, target, input, written } = connection;
  if (written !== undefined) return written;
  return { from: writeEnd(source, output), to: writeEnd(target, input) };
}

function readEnd(raw: Json | undefined, where: string): [string, string | undefined] {
  const text = typeof raw === "string" ? raw.trim() : "";
  if (text.replace(/[. ]/g, "") === "")
    throw new Unreadable(`${where} names no node.`, "Write `node.port` in the text.");
  const dot = text.indexOf(".");
  return dot < 0 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1) || undefined];
}

function readGroup(raw: Json, index: number): Group {
  const fields = object(raw, `groups[${index}]`);
  const { id } = fields;
  if (typeof id !== "string") throw new Unreadable(`groups[${index}] has no id.`, "Add `id:` in the text.");
  return { ...fields, id, nodes: readNames(fields["nodes"] ?? [], `groups[${index}].nodes`) };
}

function readPosition(raw: unknown, where: string): Position {
  const fields = object(raw, where);
  const { x, y } = fields;
  if (typeof x !== "number" || typeof y !== "number") throw new Unreadable(`${where} has no x and y.`, "Remove it.");
  return { ...fields, x, y };
}

function readNames(raw: unknown, where: string): string[] {
  const names = typeof raw === "string" ? [raw] : list(raw, where);
  return names.map((name) => String(name));
}

function object(raw: unknown, where: string): JsonObject {
  if (isObject(raw)) return raw;
  throw new Unreadable(`${where} is not a mapping.`, "Correct it in the text.");
}

function list(raw: unknown, where: string): readonly Json[] {
  if (isList(raw)) return raw;
  throw new Unreadable(`${where} is not a list.`, "Correct it in the text.");
}
