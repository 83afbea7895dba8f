// JSON Schema as the API gives it, and what a part of it asks for.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** What is read of JSON Schema, and the hints beside it: `x-widget` and `x-language` of node types, `ui:order` and `ui:placeholder` of our own forms. */
export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: Json;
  enum?: Json[];
  const?: Json;
  format?: string;
  writeOnly?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  discriminator?: { propertyName: string };
  $ref?: string;
  $defs?: Record<string, Schema>;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  examples?: Json[];
  "x-widget"?: string;
  "x-language"?: string;
  "ui:placeholder"?: string;
  "ui:order"?: string[];
}

export type Kind =
  | "text"
  | "secret"
  | "expression"
  | "number"
  | "boolean"
  | "choice"
  | "object"
  | "dict"
  | "array"
  | "union"
  | "constant"
  | "any";

/** A part of a schema, without its references and without `null`, which `isNullable` says instead. */
export interface Resolved {
  schema: Schema;
  kind: Kind;
  isNullable: boolean;
}

const MOST_STEPS = 32;

/** `schema` with its `$ref` followed; what stands beside the reference counts more. */
export function follow(schema: Schema, root: Schema): Schema {
  let found = schema;
  for (let step = 0; found.$ref !== undefined && step < MOST_STEPS; step += 1) {
    const { $ref, ...more } = found;
    const name = $ref.replace(/^#\/(\$defs|components\/schemas)\//, "");
    found = { ...root.$defs?.[name], ...more };
  }
  const { allOf, ...beside } = found;
  if (allOf?.length === 1) return { ...follow(allOf[0] ?? {}, root), ...beside };
  return found;
}

export function resolve(schema: Schema, root: Schema): Resolved {
  const found = follow(schema, root);
  const options = optionsOf(found, root);
  const real = options.filter((option) => option.type !== "null");
  const isNullable = real.length < options.length || (Array.isArray(found.type) && found.type.includes("null"));
  const [only] = real;
  if (real.length === 1 && only !== undefined) {
    const { anyOf: _, oneOf: __, ...beside } = found;
    const inner = resolve({ ...only, ...beside }, root);
    return { ...inner, isNullable: isNullable || inner.isNullable };
  }
  if (real.length > 1) {
    const choices = real.flatMap((option) => option.enum ?? (option.const === undefined ? [] : [option.const]));
    const isChoice = real.every((option) => option.enum !== undefined || option.const !== undefined);
    if (isChoice) return { schema: { ...found, enum: choices }, kind: "choice", isNullable };
    return { schema: { ...found, anyOf: real }, kind: "union", isNullable };
  }
  return { schema: found, kind: kindOf(found), isNullable };
}

/** Whether it is written in one field, without parts of its own. */
export function isPlain(kind: Kind): boolean {
  return kind !== "object" && kind !== "dict" && kind !== "array" && kind !== "union";
}

function optionsOf(schema: Schema, root: Schema): Schema[] {
  return (schema.anyOf ?? schema.oneOf ?? []).map((option) => follow(option, root));
}

function kindOf(schema: Schema): Kind {
  if (schema.const !== undefined) return "constant";
  if (schema.enum !== undefined) return "choice";
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  switch (type) {
    case "string":
      if (schema.format === "password" || schema.writeOnly) return "secret";
      return schema.format === "expression" ? "expression" : "text";
    case "number":
    case "integer":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
      return "array";
    case "object":
      return schema.properties === undefined ? "dict" : "object";
    default:
      return schema.properties === undefined ? "any" : "object";
  }
}

/** Of a union: which of its options `value` is, by its discriminator, its constants or its type; 0 if none. */
export function optionOf(value: Json | undefined, options: readonly Schema[], root: Schema): number {
  const found = options.findIndex((option) => fits(value, resolve(option, root)));
  return Math.max(found, 0);
}

function fits(value: Json | undefined, { schema, kind }: Resolved): boolean {
  switch (kind) {
    case "constant":
      return value === schema.const;
    case "choice":
      return value !== undefined && (schema.enum ?? []).includes(value);
    case "text":
    case "secret":
    case "expression":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "array":
      return Array.isArray(value);
    case "dict":
      return isObject(value);
    case "object":
      if (!isObject(value)) return false;
      return Object.entries(schema.properties ?? {}).every(
        ([name, part]) => part.const === undefined || value[name] === part.const,
      );
    default:
      return true;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a new field, item or entry begins with. */
export function initial(schema: Schema, root: Schema): Json {
  const { schema: found, kind, isNullable } = resolve(schema, root);
  if (found.default !== undefined) return found.default;
  if (isNullable) return null;
  switch (kind) {
    case "constant":
      return found.const ?? null;
    case "choice":
      return found.enum?.[0] ?? null;
    case "number":
      return found.minimum ?? 0;
    case "boolean":
      return false;
    case "array":
      return [];
    case "dict":
      return {};
    case "object":
      return Object.fromEntries(
        (found.required ?? []).map((name) => [name, initial(found.properties?.[name] ?? {}, root)]),
      );
    case "union":
      return initial(found.anyOf?.[0] ?? {}, root);
    case "any":
      return null;
    default:
      return "";
  }
}

const SHORT = /\b(mb|url|api|http|json|csv|id)\b/gi;

/** A field's name for people: its title, unless that only repeats the name. */
export function labelOf(name: string, schema: Schema): string {
  const spaced = name.replaceAll("_", " ");
  const title = schema.title;
  if (title !== undefined && title.toLowerCase() !== spaced.toLowerCase()) return title;
  return (spaced.charAt(0).toUpperCase() + spaced.slice(1)).replace(SHORT, (word) => word.toUpperCase());
}

/** The fields of an object in the order to show them: as hinted, else as written. */
export function fieldsOf(schema: Schema): [string, Schema][] {
  const fields = Object.entries(schema.properties ?? {});
  const order = schema["ui:order"];
  if (order === undefined) return fields;
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return fields.toSorted(([one], [other]) => place(one) - place(other));
}
