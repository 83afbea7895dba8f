// What an expression reads, found in its text without parsing it whole: names with the keys read from them.

/** A field with `{{ }}` in it, or text that is an expression as a whole. */
export type Mode = "template" | "expression";

export interface Segment {
  readonly key: string;
  readonly optional: boolean;
  /** From the dot or bracket to behind the key, in the text. */
  readonly start: number;
  readonly end: number;
}

/** `nodes.fetch.body` or `workflow["input"].topic`: a name and the keys read from it, as far as they are written out. */
export interface Chain {
  readonly root: string;
  readonly start: number;
  readonly end: number;
  readonly segments: readonly Segment[];
}

const SPACE = /[ \t\r\n]*/y;
const NAME = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const ID = /[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*/y;
const NUMBER = /(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const TEXT = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;
const DOT = /\?\.(?![0-9])|\./y;
const BRACKET = /(\?\.[ \t\r\n]*)?\[[ \t\r\n]*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')[ \t\r\n]*\]/y;
const WORDS = new Set(["true", "false", "null", "and", "or", "not", "in", "True", "False", "None"]);

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

/** Where each expression of a text stands: all of it, or what is inside `{{ }}`. `closed`: its `}}` is there. */
export function expressionsIn(text: string, mode: Mode): { start: number; end: number; closed: boolean }[] {
  if (mode === "expression") return [{ start: 0, end: text.length, closed: true }];
  const found: { start: number; end: number; closed: boolean }[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf("{{", at);
    if (open < 0) return found;
    const end = closingBraces(text, open + 2);
    found.push({ start: open + 2, end: end ?? text.length, closed: end !== undefined });
    at = (end ?? text.length) + 2;
  }
}

/** Where the `}}` stands that closes an expression; braces of objects and inside texts do not count. */
function closingBraces(text: string, from: number): number | undefined {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const quoted = match(TEXT, text, at);
    if (quoted !== "") at += quoted.length;
    else {
      const letter = text[at];
      if (letter === "{") depth += 1;
      else if (letter === "}" && depth > 0) depth -= 1;
      else if (letter === "}" && text[at + 1] === "}") return at;
      at += 1;
    }
  }
  return undefined;
}

/** Every name that an expression in `text` looks up, in order. Functions, keys of objects and texts are none. */
export function chainsIn(text: string, mode: Mode): Chain[] {
  return expressionsIn(text, mode).flatMap(({ start, end }) => chainsBetween(text, start, end));
}

function chainsBetween(text: string, start: number, end: number): Chain[] {
  const chains: Chain[] = [];
  let at = start;
  let before = "";
  while (at < end) {
    const space = match(SPACE, text, at);
    at += space.length;
    if (at >= end) break;
    const skipped = match(TEXT, text, at) || (before === "." ? "" : match(NUMBER, text, at));
    const name = skipped === "" ? match(NAME, text, at) : "";
    if (skipped !== "") at += skipped.length;
    else if (name !== "") {
      const chain = chainFrom(text, at, name);
      const isPiped = before === "|" && !text.slice(start, at).trimEnd().endsWith("||");
      if (isRead(text, chain, before) && !isPiped) chains.push(chain);
      at = before === "." ? at + name.length : chain.end;
    } else at += text.startsWith("?.", at) ? 2 : 1;
    before = text[at - 1] ?? "";
  }
  return chains;
}

function chainFrom(text: string, start: number, root: string): Chain {
  const segments: Segment[] = [];
  let end = start + root.length;
  for (;;) {
    const segment = segmentAt(text, end, (root === "nodes" || root === "steps") && segments.length === 0);
    if (segment === undefined) return { root, start, end, segments };
    segments.push(segment);
    end = segment.end;
  }
}

function segmentAt(text: string, from: number, isId: boolean): Segment | undefined {
  const start = from + match(SPACE, text, from).length;
  const bracket = match(BRACKET, text, start);
  if (bracket !== "") {
    const quoted = /["'][\s\S]*["']/.exec(bracket)?.[0] ?? "";
    return { key: unquote(quoted), optional: bracket.startsWith("?"), start, end: start + bracket.length };
  }
  const dot = match(DOT, text, start);
  if (dot === "") return undefined;
  const at = start + dot.length + match(SPACE, text, start + dot.length).length;
  const key = match(isId ? ID : NAME, text, at);
  return key === "" ? undefined : { key, optional: dot === "?.", start, end: at + key.length };
}

function isRead(text: string, { root, end, segments }: Chain, before: string): boolean {
  if (before === "." || WORDS.has(root)) return false;
  if (segments.length > 0) return true;
  const next = text.slice(end + match(SPACE, text, end).length);
  // A function, the variable of one, or a key; after `?` a name before a colon is a value.
  return (
    !next.startsWith("(") && !next.startsWith("=>") && !(next.startsWith(":") && (before === "{" || before === ","))
  );
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, "$1");
}

/** `.key`, or `["key"]` where a dot cannot be followed by it. */
export function writeSegment(key: string, optional: boolean, isId = false): string {
  const plain = isId ? /^[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*$/ : /^[A-Za-z_$][A-Za-z0-9_$]*$/;
  if (plain.test(key)) return `${optional ? "?." : "."}${key}`;
  return `${optional ? "?." : ""}[${JSON.stringify(key)}]`;
}
