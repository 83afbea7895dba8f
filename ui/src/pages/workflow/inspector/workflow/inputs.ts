// An input of the workflow, as its form shows it and as it is written.
import { isObject, type Json, type JsonObject } from "@/model/json";

export const INPUT_TYPES = ["string", "number", "integer", "boolean", "object", "array"] as const;

/** What the form shows of an input's schema: the short form written out. */
export function inputForm(schema: Json): JsonObject {
  return typeof schema === "string" ? { type: schema } : isObject(schema) ? schema : {};
}

/** The schema that the form says: in short where a type is all there is. What the form does not know stays. */
export function inputSchema(form: JsonObject): Json {
  const kept = Object.entries(form).filter(([name, value]) => value !== undefined && !(name === "description" && value === ""));
  const [only, ...others] = kept;
  if (only !== undefined && others.length === 0 && only[0] === "type") return only[1];
  return Object.fromEntries(kept);
}

/** A name that no input has yet. */
export function freeName(taken: readonly string[], wanted = "input"): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!taken.includes(`${wanted}_${number}`)) return `${wanted}_${number}`;
}
