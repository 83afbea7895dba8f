// What each node and wire shows of a bar: the values that stood there, as the last run had them.
import type { ValuesAt } from "@/api/backtestTypes";
import type { Face } from "@/components/graph/faces";
import type { DrawnNode, DrawnWire } from "@/components/graph/sheet";
import { preview } from "@/components/values/preview";
import { amount } from "@/format/money";

const MOST_FIELDS = 2;

/** A number as one reads it; anything else in short. */
export function short(value: unknown): string {
  if (typeof value === "number" || (typeof value === "string" && /^-?\d+\.\d{4,}$/.test(value))) return amount(value);
  // What is large is seen in full beside the graph: on a wire it would hide the others.
  if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > MOST_FIELDS) return "{…}";
  return preview(value) || "null";
}

/** A node of which nothing is told was not reached. */
export function facesAt({ nodes }: Pick<ValuesAt, "nodes">, drawn: readonly Pick<DrawnNode, "path" | "kind">[]): Map<string, Face> {
  const faces = new Map<string, Face>();
  for (const { path, kind } of drawn) {
    const ports = nodes[path];
    if (kind === "note" || ports === undefined) continue;
    const values = Object.fromEntries(Object.entries(ports).map(([port, value]) => [port, short(value)]));
    const first = Object.values(ports).find((value) => typeof value === "number" || typeof value === "string");
    faces.set(path, { status: "completed", values, ...(first === undefined ? {} : { line: short(first) }) });
  }
  return faces;
}

export interface Came {
  readonly port: string;
  readonly from: string;
  readonly value: unknown;
}

/** What came into a node along its wires. */
export function cameInto(path: string, wires: readonly DrawnWire[], { nodes }: Pick<ValuesAt, "nodes">): Came[] {
  return wires
    .filter((wire) => wire.target === path && wire.kind === "value" && wire.output !== undefined)
    .map((wire) => ({
      port: wire.input ?? "value",
      from: `${wire.source}.${wire.output}`,
      value: nodes[wire.source]?.[wire.output ?? ""],
    }));
}
