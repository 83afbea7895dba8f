// References to nodes in the texts of an expression: found, and written otherwise.
import { chainsIn, writeSegment, type Chain, type Mode } from "@/model/expression/scan";

/** `nodes.<id>.<port>` or `steps.<id>…`. `port` is undefined where none is named. */
export interface Reference {
  readonly id: string;
  readonly port: string | undefined;
  readonly chain: Chain;
}

export function referencesIn(text: string, mode: Mode): Reference[] {
  if (!/nodes|steps/.test(text)) return [];
  return chainsIn(text, mode).flatMap((chain) => {
    const [id, port] = chain.segments;
    const isNode = (chain.root === "nodes" || chain.root === "steps") && id !== undefined;
    return isNode ? [{ id: id.key, port: port?.key, chain }] : [];
  });
}

/** `text` with every chain that `write` gives a text for replaced by it. */
export function rewriteChains(text: string, mode: Mode, write: (chain: Chain) => string | undefined): string {
  let written = "";
  let at = 0;
  for (const chain of chainsIn(text, mode)) {
    const replacement = write(chain);
    if (replacement === undefined) continue;
    written += text.slice(at, chain.start) + replacement;
    at = chain.end;
  }
  return at === 0 ? text : written + text.slice(at);
}

/** `text` with references to other ids, as `names` tells. Everything else stays letter by letter. */
export function renameReferences(text: string, mode: Mode, names: (id: string) => string | undefined): string {
  if (!/nodes|steps/.test(text)) return text;
  return rewriteChains(text, mode, (chain) => {
    const [id] = chain.segments;
    if ((chain.root !== "nodes" && chain.root !== "steps") || id === undefined) return undefined;
    const renamed = names(id.key);
    if (renamed === undefined || renamed === id.key) return undefined;
    return text.slice(chain.start, id.start) + writeSegment(renamed, id.optional, true) + text.slice(id.end, chain.end);
  });
}

/** What follows the first `segments` of a chain, as it is written. */
export function restOf(text: string, chain: Chain, segments: number): string {
  const last = chain.segments[segments - 1];
  return text.slice(last?.end ?? chain.start + chain.root.length, chain.end);
}
