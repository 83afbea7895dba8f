// A field as a value or as an expression: which it is, and how it becomes the other.
import { chainsIn, expressionsIn, type Mode } from "@/model/expression/scan";
import type { Json } from "@/model/json";

/** Whether a text holds an expression where `{{ }}` is one. */
export function hasExpression(value: unknown): value is string {
  return typeof value === "string" && value.includes("{{");
}

/** The text that means the same as `value`. A text stays; what is nothing yet begins empty. */
export function asExpression(value: Json | undefined): string {
  if (value === undefined || value === null || value === "") return "";
  return typeof value === "string" ? value : `{{ ${JSON.stringify(value)} }}`;
}

/** The value that a text means without any expression in it; undefined where it reads something. */
export function asValue(text: string): Json | undefined {
  if (!hasExpression(text)) return text === "" ? undefined : text;
  const inner = /^\s*\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1]?.trim();
  if (inner === undefined || inner === "") return undefined;
  try {
    return JSON.parse(inner) as Json;
  } catch {
    return undefined;
  }
}

export interface Inserted {
  readonly text: string;
  /** Where the cursor is to be. */
  readonly cursor: number;
}

/** `reference` (`nodes.fetch.body`) written into a text at a place: with its `{{ }}` where it needs them. */
export function insertReference(text: string, mode: Mode, at: number, reference: string): Inserted {
  const isInside =
    mode === "expression" || expressionsIn(text, mode).some(({ start, end }) => start <= at && at <= end);
  const written = isInside ? reference : `{{ ${reference} }}`;
  return { text: text.slice(0, at) + written + text.slice(at), cursor: at + written.length };
}

/** Where a message's place from 0 stands in a text: the word there, for a mark under it. */
export function wordAt(text: string, position: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(position, text.length));
  const rest = /^[\w$.]+|^\S/.exec(text.slice(from))?.[0] ?? "";
  if (rest !== "") return { from, to: from + rest.length };
  return { from: Math.max(0, from - 1), to: from };
}

/** The names that a text reads, by their first words. */
export function rootsIn(text: string, mode: Mode): Set<string> {
  return new Set(chainsIn(text, mode).map(({ root }) => root));
}
