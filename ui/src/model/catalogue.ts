// The node types there are to build with, from what the API tells of each.
import { isList, isObject, sameJson, type Json, type JsonObject } from "@/model/json";
import { parseTypeName, type PortType } from "@/model/portType";
import type { BodyName } from "@/model/workflow";

export type NodeKind = "pure" | "effect" | "trigger" | "container" | "note";
/** `value` may hold `{{ }}`; `expression` is one already; `template` is rendered by the node itself; `secret` may name
 * `secrets.x`; `literal` is never a template. */
export type FieldKind = "value" | "expression" | "template" | "secret" | "literal";

export interface InputPort {
  readonly name: string;
  readonly type: PortType;
  readonly required: boolean;
  /** Takes any number of connections and arrives as a list, in file order. */
  readonly collects: boolean;
  readonly description: string;
}

export interface OutputPort {
  readonly name: string;
  readonly type: PortType;
  /** Live only when the node chose it. */
  readonly branch: boolean;
  readonly description: string;
}

export interface ConfigField {
  readonly name: string;
  readonly schema: JsonObject;
  readonly required: boolean;
  readonly kind: FieldKind;
  /** Names an expression here may use beside the usual ones. */
  readonly names: readonly string[];
  readonly description: string;
}

export interface NodeType {
  readonly type: string;
  readonly title: string;
  readonly category: string;
  readonly kind: NodeKind;
  readonly description: string;
  readonly available: boolean;
  readonly inputs: readonly InputPort[];
  readonly outputs: readonly OutputPort[];
  readonly portsDependOnConfig: boolean;
  readonly bodies: readonly BodyName[];
  /** Roots that expressions in its bodies may use: `loop`, `error`. */
  readonly bodyNames: readonly string[];
  readonly config: readonly ConfigField[];
  readonly example: JsonObject | null;
}

/** A port as the API tells it. `shape` is its type in full; `type` only its name for people. */
export interface PortDetail {
  readonly name: string;
  readonly type: string;
  readonly shape?: PortType | null;
  readonly required?: boolean;
  readonly collects?: boolean;
  readonly branch?: boolean;
  readonly description?: string;
}

/** A node type as `GET /nodes/{type}` tells it. What the API does not tell yet is optional and worked out. */
export interface NodeTypeDetail {
  readonly type: string;
  readonly title: string;
  readonly category: string;
  readonly kind: NodeKind;
  readonly description: string;
  readonly available: boolean;
  readonly inputs: readonly PortDetail[];
  readonly outputs: readonly PortDetail[];
  readonly ports_depend_on_config: boolean;
  readonly bodies: readonly string[];
  readonly config_schema: Readonly<Record<string, unknown>>;
  readonly example?: Readonly<Record<string, unknown>> | null;
  readonly body_names?: readonly string[];
  readonly fields?: readonly { readonly name: string; readonly kind: FieldKind; readonly names?: readonly string[] }[];
}

export interface Ports {
  readonly inputs: readonly InputPort[];
  readonly outputs: readonly OutputPort[];
}

export interface Catalogue {
  readonly types: readonly NodeType[];
  find(type: string): NodeType | undefined;
  /** The server's answer for a config, where a type of a pack we do not know has ports that depend on it. */
  answered(type: string, config: JsonObject): Ports | undefined;
}

export interface PortsAnswer extends Ports {
  readonly type: string;
  readonly config: JsonObject;
}

export function makeCatalogue(details: readonly NodeTypeDetail[], answers: readonly PortsAnswer[] = []): Catalogue {
  const types = details.map(readNodeType);
  const byName = new Map(types.map((type) => [type.type, type]));
  return {
    types,
    find: (name) => byName.get(name),
    answered: (name, config) => answers.find((one) => one.type === name && sameJson(one.config, config)),
  };
}

export function fieldOf(type: NodeType | undefined, name: string): ConfigField | undefined {
  return type?.config.find((field) => field.name === name);
}

export function readNodeType(told: NodeTypeDetail): NodeType {
  const schema = told.config_schema as JsonObject;
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = isList(schema["required"]) ? schema["required"] : [];
  return {
    type: told.type,
    title: told.title,
    category: told.category,
    kind: told.kind,
    description: told.description,
    available: told.available,
    inputs: told.inputs.map(readInput),
    outputs: told.outputs.map(readOutput),
    portsDependOnConfig: told.ports_depend_on_config,
    bodies: told.bodies.filter((name): name is BodyName => name === "body" || name === "catch" || name === "finally"),
    bodyNames: told.body_names ?? KNOWN_BODY_NAMES[told.type] ?? [],
    config: Object.entries(properties).map(([name, part]) => readField(told, name, part, required.includes(name))),
    example: told.example ? (told.example as JsonObject) : null,
  };
}

export function readInput(told: PortDetail): InputPort {
  const { name, required = false, collects = false, description = "" } = told;
  return { name, type: told.shape ?? parseTypeName(told.type), required, collects, description };
}

export function readOutput(told: PortDetail): OutputPort {
  const { name, branch = false, description = "" } = told;
  return { name, type: told.shape ?? parseTypeName(told.type), branch, description };
}

function readField(told: NodeTypeDetail, name: string, part: Json, required: boolean): ConfigField {
  const schema = isObject(part) ? part : {};
  const given = told.fields?.find((field) => field.name === name);
  const description = typeof schema["description"] === "string" ? schema["description"] : "";
  const kind = given?.kind ?? guessKind(told, name, schema);
  return { name, schema, required, kind, names: given?.names ?? [], description };
}

/** Until the API tells the kind: expressions and secrets show in the schema, literals do not. */
function guessKind(told: NodeTypeDetail, name: string, schema: JsonObject): FieldKind {
  const text = JSON.stringify(schema);
  if (text.includes('"format":"password"')) return "secret";
  if (text.includes('"format":"expression"')) return told.type === "data.template" ? "template" : "expression";
  const field = `${told.type}.${name}`;
  const isLiteral =
    told.kind === "trigger" ? !TRIGGER_VALUES.has(field) && !VALUED_TRIGGERS.has(told.type) : LITERALS.has(field);
  return isLiteral ? "literal" : "value";
}

const LITERALS = new Set(["code.python.source", "code.javascript.source", "flow.note.text"]);
/** All that is set of them may be a template: it is filled in when the deployment begins to listen. */
const VALUED_TRIGGERS = new Set(["trigger.price", "trigger.indicator", "trigger.stream"]);
const TRIGGER_VALUES = new Set([
  "trigger.event.topic",
  "trigger.failure.workflows",
  "trigger.manual.form",
  "trigger.workflow.schema",
]);
const KNOWN_BODY_NAMES: Readonly<Record<string, readonly string[]>> = {
  "flow.loop": ["loop"],
  "flow.while": ["loop"],
  "flow.try": ["error"],
};
