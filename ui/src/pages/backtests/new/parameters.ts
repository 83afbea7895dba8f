// Which settings of a workflow can be varied, and the values that were written for one: `14`, `7, 14, 21`, `5:30:5`.
import type { Schema } from "@/form/schema";
import { resolve } from "@/form/schema";
import type { Catalogue } from "@/model/catalogue";
import { configOf, inputSchemas, nodeTitle, type Workflow } from "@/model/workflow";

export type Value = string | number | boolean;

export interface Parameter {
  /** `rsi.period`, `input.size`. */
  readonly name: string;
  readonly title: string;
  readonly kind: "integer" | "number" | "boolean" | "choice" | "text";
  /** As it is set now, or by default. */
  readonly value: Value | null;
  readonly choices: readonly Value[];
  readonly least: number | null;
  readonly most: number | null;
}

/** Numbers, choices and switches of nodes and inputs that are not worked out by an expression. */
export function parametersOf(workflow: Workflow, catalogue: Catalogue): Parameter[] {
  const found: Parameter[] = [];
  for (const node of workflow.nodes) {
    const type = catalogue.find(node.type);
    if (type === undefined || node.disabled === true) continue;
    const config = configOf(node);
    for (const { name, schema, kind } of type.config) {
      if (kind === "secret" || kind === "expression" || kind === "template") continue;
      const one = parameterOf(`${node.id}.${name}`, `${nodeTitle(node)}: ${name}`, schema as Schema, config[name]);
      if (one !== null) found.push(one);
    }
  }
  for (const [name, schema] of Object.entries(inputSchemas(workflow))) {
    const one = parameterOf(`input.${name}`, `Input ${name}`, schema as Schema, undefined);
    if (one !== null) found.push(one);
  }
  return found;
}

function parameterOf(name: string, title: string, given: Schema, set: unknown): Parameter | null {
  const { schema, kind } = resolve(given, given);
  const value = set ?? schema.default ?? null;
  if (typeof value === "string" && value.includes("{{")) return null;
  const rest = {
    name,
    title,
    value: typeof value === "object" ? null : (value as Value),
    choices: [],
    least: schema.minimum ?? schema.exclusiveMinimum ?? null,
    most: schema.maximum ?? schema.exclusiveMaximum ?? null,
  };
  if (kind === "number") return { ...rest, kind: schema.type === "integer" ? "integer" : "number" };
  if (kind === "boolean") return { ...rest, kind: "boolean", choices: [true, false] };
  if (kind === "choice") return { ...rest, kind: "choice", choices: (schema.enum ?? []).filter((one): one is Value => one !== null && typeof one !== "object") };
  // A text that is a number all the same: amounts are exact text.
  if (typeof value === "string" && value !== "" && Number.isFinite(Number(value))) return { ...rest, kind: "number" };
  if (typeof value === "number") return { ...rest, kind: "number" };
  // A union of a number and an expression, as sizes are.
  if (kind === "union" && (schema.anyOf ?? schema.oneOf ?? []).some(({ type }) => type === "number" || type === "integer")) return { ...rest, kind: "number" };
  return null;
}

export type Written = { readonly ok: true; readonly values: readonly Value[]; readonly range: Range | null } | { readonly ok: false; readonly reason: string };

export interface Range {
  readonly low: number;
  readonly high: number;
  readonly step: number | null;
}

export const MOST_VALUES = 1000;
const DIGITS = 12;

/** What was written for a parameter, or why that cannot be. */
export function readValues(written: string, parameter: Parameter): Written {
  const text = written.trim();
  if (text === "") return { ok: false, reason: "Write a value, several as in 7, 14, 21, or a range as in 5:30:5." };
  const isNumeric = parameter.kind === "integer" || parameter.kind === "number";
  if (isNumeric && text.includes(":")) return readRange(text, parameter);
  const values: Value[] = [];
  for (const part of text.split(",").map((one) => one.trim())) {
    const value = readValue(part, parameter);
    if (typeof value === "object") return { ok: false, reason: value.reason };
    if (!values.includes(value)) values.push(value);
  }
  return { ok: true, values, range: null };
}

function readValue(part: string, parameter: Parameter): Value | { reason: string } {
  const { kind, choices } = parameter;
  if (kind === "boolean") return part === "true" || part === "false" ? part === "true" : { reason: "It is true or false." };
  if (kind === "choice") return choices.find((one) => String(one) === part) ?? { reason: `It is one of ${choices.map(String).join(", ")}.` };
  if (kind === "text") return part;
  const value = Number(part);
  if (part === "" || !Number.isFinite(value)) return { reason: `“${part}” is no number.` };
  return troubleOf(value, parameter) ?? value;
}

function troubleOf(value: number, { kind, least, most }: Parameter): { reason: string } | null {
  if (kind === "integer" && !Number.isInteger(value)) return { reason: `It is a whole number, and ${value} is none.` };
  if (least !== null && value < least) return { reason: `It is at least ${least}.` };
  if (most !== null && value > most) return { reason: `It is at most ${most}.` };
  return null;
}

function readRange(text: string, parameter: Parameter): Written {
  const parts = text.split(":").map((one) => (one.trim() === "" ? Number.NaN : Number(one)));
  const [low = Number.NaN, high = Number.NaN, given] = parts;
  if (parts.length < 2 || parts.length > 3 || parts.some(Number.isNaN)) return { ok: false, reason: "A range is from:to:step, as in 5:30:5." };
  const step = given ?? (parameter.kind === "integer" ? 1 : (high - low) / 10);
  if (high <= low) return { ok: false, reason: "A range goes from the lesser to the greater." };
  if (!(step > 0)) return { ok: false, reason: "A step is more than 0." };
  const trouble = troubleOf(low, parameter) ?? troubleOf(high, parameter) ?? (parameter.kind === "integer" ? troubleOf(step, { ...parameter, least: null, most: null }) : null);
  if (trouble !== null) return { ok: false, reason: trouble.reason };
  const count = Math.floor((high - low) / step + 1e-9) + 1;
  if (count > MOST_VALUES) return { ok: false, reason: `That is more than ${MOST_VALUES} values: take a larger step.` };
  const values = Array.from({ length: count }, (_, at) => Number((low + at * step).toPrecision(DIGITS)));
  return { ok: true, values, range: { low, high, step: given ?? null } };
}
