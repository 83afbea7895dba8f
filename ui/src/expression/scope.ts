// What an expression is evaluated with for its preview: of the last run's values only those that it reads.
import type { Samples } from "@/model/completion";
import { chainsIn, type Mode } from "@/model/expression/scan";
import type { Json, JsonObject } from "@/model/json";

export interface PreviewScope {
  readonly scope: JsonObject;
  /** Nodes and roots it reads that the last run has no value of. */
  readonly missing: readonly string[];
  /** It reads what is never shown. */
  readonly isPrivate: boolean;
}

const HIDDEN = new Set(["secrets", "env"]);
/** Without a run they are empty, which is a value too. */
const EMPTY: Readonly<Record<string, Json>> = { state: {}, params: {} };

/** `known` are the names that can be read here at all; a name beyond them is the server's to refuse. */
export function scopeFor(text: string, mode: Mode, samples: Samples, known: ReadonlySet<string>): PreviewScope {
  const scope: { [name: string]: Json } = {};
  const nodes: { [id: string]: Json } = {};
  const missing = new Set<string>();
  let isPrivate = false;
  for (const { root, segments } of chainsIn(text, mode)) {
    if (HIDDEN.has(root)) isPrivate = true;
    else if (root === "nodes" || root === "steps") {
      const id = segments[0]?.key;
      if (id === undefined) continue;
      const ports = samples.nodes?.[id];
      if (ports === undefined) missing.add(`nodes.${id}`);
      else nodes[id] = withOutput(ports);
      scope[root] = nodes;
    } else {
      const value = samples.roots?.[root] ?? EMPTY[root];
      if (value !== undefined) scope[root] = value;
      else if (known.has(root)) missing.add(root);
    }
  }
  return { scope, missing: [...missing], isPrivate };
}

/** A single output also answers to `output`. */
function withOutput(ports: Readonly<Record<string, Json>>): JsonObject {
  const values = Object.values(ports);
  const [only] = values;
  return values.length === 1 && only !== undefined && !("output" in ports) ? { ...ports, output: only } : ports;
}
