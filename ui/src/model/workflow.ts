// The workflow in the editor: frozen data in the words of `treadle.model.workflow`. Keys it does not know ride along.
import { isObject, type Json, type JsonObject } from "@/model/json";

/** Where a node stands, in canvas units; inside a container from its body's own corner. */
export interface Position {
  readonly x: number;
  readonly y: number;
  /** Of a container that is open on the canvas. */
  readonly width?: number;
  readonly height?: number;
  /** A container whose body is not shown. */
  readonly collapsed?: boolean;
}

/** Carries a value and liveness. An end without a port is found by `resolve`. */
export interface Connection {
  readonly source: string;
  readonly output?: string;
  readonly target: string;
  readonly input?: string;
  /** As the file has it, where that is not just `{from, to}`. */
  readonly written?: JsonObject;
}

export type Join = "any" | "all" | "first";
export type OnError = "fail" | "continue" | "branch";
export type Duration = number | string;

export interface Retry {
  readonly max_attempts?: number;
  readonly delay?: Duration;
  readonly backoff?: "constant" | "linear" | "exponential";
  readonly max_delay?: Duration;
  readonly jitter?: boolean;
  readonly retry_on?: readonly (string | number)[];
}

export interface WorkflowNode {
  readonly id: string;
  readonly type: string;
  readonly title?: string;
  readonly config?: JsonObject;
  readonly input?: Json;
  readonly body?: Graph;
  readonly catch?: Graph;
  readonly finally?: Graph;
  readonly after?: readonly string[];
  readonly when?: string | boolean;
  readonly join?: Join;
  readonly lazy?: boolean;
  readonly retry?: Retry;
  readonly timeout?: Duration;
  readonly on_error?: OnError;
  readonly cache?: Duration;
  readonly disabled?: boolean;
  /** What the node is taken to have given in test mode; null is a value too. */
  readonly pinned?: Json;
  readonly note?: string;
  readonly position?: Position;
  readonly publish?: string;
}

/** The policies of a node: what is set beside its config. */
export type Policy = Pick<
  WorkflowNode,
  "when" | "join" | "lazy" | "retry" | "timeout" | "on_error" | "cache" | "after" | "publish" | "input"
>;

/** Nodes drawn together; changes nothing of what a run does. A node is in one group at most. */
export interface Group {
  readonly id: string;
  readonly title?: string;
  readonly nodes: readonly string[];
  readonly color?: string;
  readonly collapsed?: boolean;
}

/** Nodes and the connections between them: a workflow's own, or the body of a container. */
export interface Graph {
  readonly nodes: readonly WorkflowNode[];
  readonly connections: readonly Connection[];
  readonly outputs?: Json;
  readonly groups?: readonly Group[];
}

export interface Workflow extends Graph {
  readonly name: string;
  readonly id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** By name: a JSON Schema, or in short the name of a type. */
  readonly inputs?: Readonly<Record<string, Json>>;
  readonly settings?: JsonObject;
}

export type BodyName = "body" | "catch" | "finally";
export const BODIES: readonly BodyName[] = ["body", "catch", "finally"];

/** What may be a node's id. */
export const NODE_ID = /^[A-Za-z_][A-Za-z0-9_-]*$/;
export const LONGEST_ID = 100;

export const EMPTY_GRAPH: Graph = { nodes: [], connections: [] };

export function configOf(node: WorkflowNode): JsonObject {
  return node.config ?? {};
}

/** Whether `pinned` was given; null is a value too. */
export function hasPin(node: WorkflowNode): boolean {
  return "pinned" in node;
}

export function bodiesOf(node: WorkflowNode): [BodyName, Graph][] {
  return BODIES.flatMap((name) => {
    const graph = node[name];
    return graph === undefined ? [] : [[name, graph] as [BodyName, Graph]];
  });
}

/** The JSON Schema of each input, the short form written out. */
export function inputSchemas({ inputs = {} }: Workflow): Record<string, JsonObject> {
  const schema = (value: Json): JsonObject =>
    typeof value === "string" ? { type: value } : isObject(value) ? value : {};
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, schema(value)]));
}

export function findNode(graph: Graph, id: string): WorkflowNode | undefined {
  return graph.nodes.find((node) => node.id === id);
}

export function nodeTitle(node: WorkflowNode): string {
  return node.title ?? node.id;
}

/** `a.output`, or `a` where no port is named. */
export function writeEnd(node: string, port: string | undefined): string {
  return port === undefined ? node : `${node}.${port}`;
}
