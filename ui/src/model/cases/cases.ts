// The cases that `write.py` wrote, for tests.
import { makeCatalogue, type Catalogue, type NodeTypeDetail } from "@/model/catalogue";
import { load } from "@/model/document";
import type { Json, JsonObject } from "@/model/json";
import type { Result } from "@/model/result";
import type { Edit } from "@/model/operations/edit";
import type { Workflow } from "@/model/workflow";
import types from "./types.json";
import workflows from "./workflows.json";

export const TYPE_DETAILS = types as unknown as readonly NodeTypeDetail[];
export const CATALOGUE: Catalogue = makeCatalogue(TYPE_DETAILS);

export interface WorkflowCase {
  readonly name: string;
  readonly form: "nodes" | "steps";
  readonly definition: JsonObject;
  readonly graph: JsonObject;
}
export const WORKFLOWS = workflows as unknown as readonly WorkflowCase[];

export function loaded(raw: unknown): Workflow {
  return value(load(raw));
}

/** A workflow in short: nodes, and connections as `a.x > b.y`. */
export function workflowOf(
  nodes: readonly JsonObject[],
  connections: readonly string[] = [],
  more: JsonObject = {},
): Workflow {
  return loaded({ name: "test", nodes, connections: connections.map(connectionOf), ...more });
}

export function connectionOf(text: string): JsonObject {
  const [from = "", to = ""] = text.split(" > ");
  return { from, to };
}

/** A graph's connections as `a.x > b.y`. */
export function wires(graph: { readonly connections: Workflow["connections"] }): string[] {
  return graph.connections.map(({ source, output, target, input }) => {
    const end = (node: string, port: string | undefined): string => (port === undefined ? node : `${node}.${port}`);
    return `${end(source, output)} > ${end(target, input)}`;
  });
}

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`Refused: ${result.reason}`);
  return result.value;
}

export function reason(result: Result<unknown>): string {
  return result.ok ? "" : `${result.reason} ${result.remedy ?? ""}`.trim();
}

/** The workflow after an edit that must not be refused. */
export function after(result: Result<Edit>): Workflow {
  return value(result).workflow;
}

/** Random values that come out the same for the same seed. */
export class Draw {
  constructor(private seed: number) {}

  /** From 0 up to, but not, 1. */
  next(): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(most: number): number {
    return Math.floor(this.next() * most);
  }

  often(share: number): boolean {
    return this.next() < share;
  }

  one<T>(items: readonly T[]): T {
    const found = items[this.below(items.length)];
    if (found === undefined) throw new Error("Nothing to choose from.");
    return found;
  }

  text(): string {
    return Array.from({ length: this.below(8) }, () => this.one([..."ab{}\"'\\:#-, é\n😀%&*!|>~?01.ü"])).join("");
  }

  json(depth = 3): Json {
    const kind = this.below(depth > 0 ? 7 : 5);
    if (kind === 0) return null;
    if (kind === 1) return this.often(0.5);
    if (kind === 2) return this.one([0, 1, -3, 0.5, 1e21, 1e-7, 9_007_199_254_740_991]);
    if (kind <= 4)
      return this.one([this.text(), "true", "null", "1", "", "{{ nodes.a.output }}", "line\nother\n", " x "]);
    if (kind === 5) return Array.from({ length: this.below(4) }, () => this.json(depth - 1));
    return Object.fromEntries(
      Array.from({ length: this.below(4) }, (_, index) => [this.text() || `k${index}`, this.json(depth - 1)]),
    );
  }
}
