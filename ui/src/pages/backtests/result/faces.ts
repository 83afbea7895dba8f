// What each node and wire shows of a bar: the values that stood there, as the last run had them.
import type { ValuesAt } from "@/api/backtestTypes";
import type { Face } from "@/components/graph/faces";
import type { DrawnNode, DrawnWire } from "@/components/graph/sheet";
import { preview } from "@/components/values/preview";
import { amount } from "@/format/money";

/** A number as one reads it; of a series its last, of a candle its close; of what else has fields the first. */
export function short(value: unknown): string {
  if (typeof value === "number" || (typeof value === "string" && /^-?\d+\.\d{4,}$/.test(value))) return amount(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return preview(value) || "null";
  const last = lastOf(value);
  if (last !== value) return short(last);
  const fields = value as Readonly<Record<string, unknown>>;
  if (typeof fields["close"] === "number") return amount(fields["close"]);
  // All of it is seen beside the graph: on a wire it would hide the others.
  const [first, ...others] = Object.values(fields);
  return others.length === 0 ? preview(value) : `${short(first)} …`;
}

/** Of a series; anything else as it is. */
function lastOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "last" in value && "length" in value ? value.last : value;
}

/** A node of which nothing is told was not reached. */
export function facesAt({ nodes }: Pick<ValuesAt, "nodes">, drawn: readonly Pick<DrawnNode, "path" | "kind">[]): Map<string, Face> {
  const faces = new Map<string, Face>();
  for (const { path, kind } of drawn) {
    const ports = nodes[path];
    if (kind === "note" || ports === undefined) continue;
    const values = Object.fromEntries(Object.entries(ports).map(([port, value]) => [port, short(value)]));
    const first = Object.values(ports).map(lastOf).find((value) => typeof value === "number" || typeof value === "string");
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
