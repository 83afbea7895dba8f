// What fits at the cursor of an expression, from its context and, deeper down, from the values of the last run.
import type { ExpressionContext, Name } from "@/model/expressionContext";
import { expressionsIn, writeSegment } from "@/model/expression/scan";
import { isList, isObject, type Json } from "@/model/json";
import { typeName } from "@/model/portType";
import { scoreOf } from "@/model/search";

export type OptionKind = "node" | "output" | "input" | "name" | "field" | "function";

export interface Option {
  readonly label: string;
  /** What is put in from `from` on; a part that is no plain name comes with its brackets. */
  readonly insert: string;
  readonly kind: OptionKind;
  /** Its type, or a function's signature. */
  readonly detail: string;
  readonly description: string;
}

export interface Completion {
  /** Where the part begins that an option takes the place of; up to the cursor. */
  readonly from: number;
  readonly options: readonly Option[];
}

/** Values seen in the last run: of a node by output, and of what else can be read. */
export interface Samples {
  readonly nodes?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly roots?: Readonly<Record<string, Json>>;
}

const PATH = /([A-Za-z_$][\w$]*(?:\??\.[A-Za-z0-9_$-]+|\[\d+\]|\["[^"\]]*"\])*)(\??\.)([\w-]*)$/;
const WORD = /[A-Za-z_$][\w$]*$/;

/** Undefined where nothing can be completed: outside `{{ }}`, inside a text, in a field that is taken as it stands. */
export function complete(
  context: ExpressionContext,
  text: string,
  cursor: number,
  samples: Samples = {},
): Completion | undefined {
  if (context.mode === undefined) return undefined;
  const here = expressionsIn(text, context.mode).find(({ start, end }) => start <= cursor && cursor <= end);
  if (here === undefined) return undefined;
  const before = text.slice(here.start, cursor);
  if (isInText(before)) return undefined;
  const path = PATH.exec(before);
  if (path?.[1] !== undefined) {
    const typed = path[3] ?? "";
    const dot = cursor - typed.length - (path[2]?.length ?? 1);
    const options = inside(context, keysOf(path[1]), samples);
    return {
      from: dot,
      options: ranked(
        options.map((one) => ({ ...one, insert: member(one, path[2] === "?.") })),
        typed,
      ),
    };
  }
  const typed = WORD.exec(before)?.[0] ?? "";
  return { from: cursor - typed.length, options: ranked(atRoot(context), typed) };
}

function member(option: Option, optional: boolean): string {
  return writeSegment(option.insert, optional, option.kind === "node");
}

function isInText(before: string): boolean {
  const left = before.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "");
  return left.includes('"') || left.includes("'");
}

function keysOf(path: string): string[] {
  return [...path.matchAll(/[A-Za-z0-9_$]+(?:-[A-Za-z0-9_]+)*|\["([^"\]]*)"\]/g)].map((part) => part[1] ?? part[0]);
}

function atRoot(context: ExpressionContext): Option[] {
  const root = (name: string, description: string): Option => ({
    label: name,
    insert: name,
    kind: "name",
    detail: "",
    description,
  });
  return [
    ...context.names.map((name) => named(name, "name")),
    ...(context.inputs.length > 0 ? [root("input", "What arrives at this node")] : []),
    ...(context.loop.length > 0 ? [root("loop", "This iteration")] : []),
    ...(context.nodes.length > 0 ? [root("nodes", "What other nodes gave")] : []),
    root("workflow", "The workflow and its input"),
    root("run", "This run"),
    root("state", "What the deployment remembers"),
    root("params", "What the deployment sets"),
    root("env", "What the operator allows to be read"),
    ...(context.secrets ? [root("secrets", "Secret values")] : []),
    ...context.functions.map(({ name, signature, doc }): Option => ({
      label: name,
      insert: name,
      kind: "function",
      detail: signature,
      description: doc,
    })),
  ];
}

function inside(context: ExpressionContext, keys: readonly string[], samples: Samples): Option[] {
  const [root, first, second, ...rest] = keys;
  if (root === "nodes" || root === "steps") {
    const node = context.nodes.find((one) => one.id === first);
    if (first === undefined) {
      return context.nodes.map(({ id, title, type, upstream }) => ({
        label: id,
        insert: id,
        kind: "node",
        detail: type,
        description: upstream ? title : `${title}. This node will wait for it.`,
      }));
    }
    if (second === undefined) return (node?.outputs ?? []).map((name) => named(name, "output"));
    const values = samples.nodes?.[first];
    const only = values && Object.keys(values).length === 1 ? Object.values(values)[0] : undefined;
    return fieldsOf(follow(values?.[second] ?? (second === "output" ? only : undefined), rest));
  }
  if (root === "workflow" && first === "input") {
    if (second === undefined) return context.workflowInputs.map((name) => named(name, "input"));
    return fieldsOf(follow(samples.roots?.["workflow"], keys.slice(1)));
  }
  const known: Readonly<Record<string, readonly string[]>> = {
    workflow: ["input", "name", "version", "mode"],
    run: ["id", "started_at", "attempt"],
  };
  if (root !== undefined && first === undefined && known[root]) {
    return known[root].map((name) => ({ label: name, insert: name, kind: "field", detail: "", description: "" }));
  }
  if (root === "input" && first === undefined) return context.inputs.map((name) => named(name, "input"));
  if (root === "loop" && first === undefined) return context.loop.map((name) => named(name, "name"));
  return root === undefined ? [] : fieldsOf(follow(samples.roots?.[root], keys.slice(1)));
}

function named({ name, type, description }: Name, kind: OptionKind): Option {
  return { label: name, insert: name, kind, detail: typeName(type), description };
}

function follow(value: Json | undefined, keys: readonly string[]): Json | undefined {
  let here = value;
  for (const key of keys) here = isList(here) ? here[Number(key)] : isObject(here) ? here[key] : undefined;
  return here;
}

function fieldsOf(value: Json | undefined): Option[] {
  if (!isObject(value)) return [];
  return Object.entries(value).map(([name, item]) => {
    const shown = JSON.stringify(item) ?? "";
    const detail = shown.length > 40 ? `${shown.slice(0, 39)}…` : shown;
    return { label: name, insert: name, kind: "field", detail, description: "As in the last run" };
  });
}

function ranked(options: readonly Option[], typed: string): Option[] {
  if (typed === "") return [...options];
  return options
    .map((option) => ({ option, score: scoreOf(typed, option.label) }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .map(({ option }) => option);
}
