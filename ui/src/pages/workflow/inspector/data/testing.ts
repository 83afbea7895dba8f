// A node's config as it can be tried by itself: what it reads of other nodes stands in it as the last run had it.
import { fieldOf, type NodeType } from "@/model/catalogue";
import type { Samples } from "@/model/completion";
import { rewriteChains } from "@/model/expression/references";
import { chainsIn, type Mode } from "@/model/expression/scan";
import { isList, isObject, mapTexts, type Json, type JsonObject } from "@/model/json";
import { modeOf } from "@/model/texts";

export interface Filled {
  readonly config: JsonObject;
  /** What is read and has no value yet: `nodes.fetch.body`. */
  readonly missing: readonly string[];
}

/** These are the node's own in the test: what arrives at it, secrets of the profiles, what the operator allows. */
const ITS_OWN = new Set(["input", "secrets", "env", "item", "index", "items", "result", "event"]);

export function fillConfig(type: NodeType | undefined, config: JsonObject, samples: Samples): Filled {
  const missing = new Set<string>();
  const filled: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries(config)) {
    const field = fieldOf(type, name);
    const mode = modeOf(field?.kind);
    const own = new Set([...ITS_OWN, ...(field?.names ?? [])]);
    filled[name] = mode === undefined ? value : fill(value, mode, samples, own, missing);
  }
  return { config: filled, missing: [...missing] };
}

function fill(value: Json, mode: Mode, samples: Samples, own: ReadonlySet<string>, missing: Set<string>): Json {
  const whole = typeof value === "string" && mode === "template" ? wholeOf(value, samples, own) : undefined;
  if (whole !== undefined) return whole;
  if (isList(value)) return value.map((item) => fill(item, mode, samples, own, missing));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fill(part, mode, samples, own, missing)]));
  }
  return mapTexts(value, (text) =>
    rewriteChains(text, mode, ({ root, segments, start, end }) => {
      if (own.has(root) || !isShared(root)) return undefined;
      const found = follow(root, segments.map(({ key }) => key), samples);
      if (found === undefined) missing.add(text.slice(start, end));
      return found === undefined ? undefined : JSON.stringify(found);
    }),
  );
}

/** `{{ nodes.fetch.body }}` and nothing else is the value itself. A text in it must not be read as an expression. */
function wholeOf(text: string, samples: Samples, own: ReadonlySet<string>): Json | undefined {
  const inner = /^\{\{\s*([\s\S]*?)\s*\}\}$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const [chain, ...others] = chainsIn(inner, "expression");
  if (chain === undefined || others.length > 0 || chain.start !== 0 || chain.end !== inner.length) return undefined;
  if (own.has(chain.root) || !isShared(chain.root)) return undefined;
  const found = follow(chain.root, chain.segments.map(({ key }) => key), samples);
  return found === undefined || JSON.stringify(found).includes("{{") ? undefined : found;
}

function isShared(root: string): boolean {
  return ["nodes", "steps", "workflow", "run", "params", "state", "loop"].includes(root);
}

function follow(root: string, keys: readonly string[], samples: Samples): Json | undefined {
  const [id, ...rest] = keys;
  if (root === "nodes" || root === "steps") {
    const ports = id === undefined ? undefined : samples.nodes?.[id];
    if (ports === undefined) return undefined;
    const [port, ...deeper] = rest;
    if (port === undefined) return { ...ports };
    const values = Object.values(ports);
    return down(ports[port] ?? (port === "output" && values.length === 1 ? values[0] : undefined), deeper);
  }
  return down(samples.roots?.[root], keys);
}

function down(value: Json | undefined, keys: readonly string[]): Json | undefined {
  let here = value;
  for (const key of keys) here = isObject(here) ? here[key] : undefined;
  return here;
}
