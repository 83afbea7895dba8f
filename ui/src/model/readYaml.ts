// YAML as people write workflow files, as JSON values: block and flow, quoted and plain text, text over several lines,
// comments. What goes further (anchors, tags, several documents) is refused, and the server reads it.
import type { Json } from "@/model/json";
import { Flow, NotYaml, plain, Unfinished } from "@/model/yamlFlow";

interface Line {
  readonly indent: number;
  /** Without the indent, and without a comment where none of it can be text. */
  readonly text: string;
  readonly number: number;
}

export function readYaml(source: string): Json {
  const reader = new Reader(source.replace(/^\uFEFF/, "").split(/\r?\n/));
  return reader.document();
}

class Reader {
  private at = 0;

  constructor(private readonly lines: readonly string[]) {}

  document(): Json {
    if (this.peek()?.text === "---") this.at += 1;
    const first = this.peek();
    if (first === undefined) return null;
    const value = this.block(first.indent);
    const left = this.peek();
    if (left !== undefined && left.text !== "...") throw new NotYaml("This line does not belong anywhere", left.number);
    return value;
  }

  /** The next line with something on it. */
  private peek(): Line | undefined {
    while (this.at < this.lines.length) {
      const raw = this.lines[this.at] ?? "";
      const text = raw.trim();
      if (text !== "" && !text.startsWith("#")) {
        const indent = raw.length - raw.trimStart().length;
        if (raw.slice(0, indent).includes("\t")) throw new NotYaml("A tab cannot indent", this.at);
        return { indent, text: withoutComment(raw.slice(indent)), number: this.at };
      }
      this.at += 1;
    }
    return undefined;
  }

  private block(indent: number): Json {
    const line = this.peek();
    if (line === undefined) return null;
    if (/^-(\s|$)/.test(line.text)) return this.list(indent);
    if (keyOf(line) !== undefined) return this.object(indent);
    this.at += 1;
    return this.inline(line.text, line, indent);
  }

  private list(indent: number): Json {
    const items: Json[] = [];
    for (let line = this.peek(); line?.indent === indent && /^-(\s|$)/.test(line.text); line = this.peek()) {
      const rest = line.text.slice(1).trimStart();
      if (rest === "") {
        this.at += 1;
        items.push(this.under(indent, false));
        continue;
      }
      const inner = { indent: indent + line.text.length - rest.length, text: rest, number: line.number };
      if (keyOf(inner) !== undefined || /^-(\s|$)/.test(rest)) {
        items.push(this.within(inner));
        continue;
      }
      this.at += 1;
      items.push(this.inline(rest, line, indent));
    }
    return items;
  }

  /** What begins behind a dash: read as if the dash were a blank. */
  private within(inner: Line): Json {
    const lines = this.lines.with(inner.number, " ".repeat(inner.indent) + (this.lines[inner.number] ?? "").slice(inner.indent));
    const reader = new Reader(lines);
    reader.at = this.at;
    const value = reader.block(inner.indent);
    this.at = reader.at;
    return value;
  }

  private object(indent: number): Json {
    const fields: Record<string, Json> = {};
    for (let line = this.peek(); line?.indent === indent; line = this.peek()) {
      const found = keyOf(line);
      if (found === undefined) throw new NotYaml("There is no key here", line.number);
      if (found.key in fields) throw new NotYaml(`\`${found.key}\` is there twice`, line.number);
      this.at += 1;
      fields[found.key] = found.rest === "" ? this.under(indent, true) : this.inline(found.rest, line, indent);
    }
    const next = this.peek();
    if (next !== undefined && next.indent > indent) throw new NotYaml("This is indented too far", next.number);
    return fields;
  }

  /** What stands below a key or a dash; a list may stand as far left as its key. */
  private under(indent: number, isKey: boolean): Json {
    const next = this.peek();
    if (next === undefined) return null;
    const isList = isKey && next.indent === indent && /^-(\s|$)/.test(next.text);
    return next.indent > indent || isList ? this.block(next.indent) : null;
  }

  private inline(text: string, line: Line, indent: number): Json {
    if (/^[|>]/.test(text)) return this.longText(text, line, indent);
    if (/^[&*!]/.test(text)) throw new NotYaml("Anchors and tags are not read here", line.number);
    if (/^[[{"']/.test(text)) return this.flow(text, line);
    // Plain text may go on below.
    const parts = [text];
    for (let next = this.peek(); next !== undefined && next.indent > indent; next = this.peek()) {
      if (keyOf(next) !== undefined) throw new NotYaml("A key cannot stand below a value", next.number);
      parts.push(next.text);
      this.at += 1;
    }
    return parts.length === 1 ? plain(text) : parts.join(" ");
  }

  private longText(head: string, line: Line, indent: number): string {
    const kept: string[] = [];
    const own = Number(/\d/.exec(head)?.[0] ?? 0);
    let inner = own === 0 ? -1 : indent + own;
    for (; this.at < this.lines.length; this.at += 1) {
      const raw = this.lines[this.at] ?? "";
      const depth = raw.length - raw.trimStart().length;
      if (raw.trim() === "") {
        kept.push("");
        continue;
      }
      if (inner < 0) inner = depth;
      if (depth < inner || inner <= indent) break;
      kept.push(raw.slice(inner));
    }
    if (!/^[|>][-+\d]*\s*$/.test(head)) throw new NotYaml("This is no text over several lines", line.number);
    let end = kept.length;
    while (end > 0 && kept[end - 1] === "") end -= 1;
    const lines = kept.slice(0, end);
    const text = head.startsWith("|") ? lines.join("\n") : folded(lines);
    if (head.includes("-") || lines.length === 0) return text;
    return head.includes("+") ? text + "\n".repeat(kept.length - end + 1) : `${text}\n`;
  }

  /** `{…}`, `[…]` and quoted text, which may go on over several lines. */
  private flow(text: string, line: Line): Json {
    let all = text;
    for (;;) {
      const flow = new Flow(all, line.number);
      try {
        return flow.whole();
      } catch (problem) {
        const next = this.at < this.lines.length ? this.lines[this.at] : undefined;
        if (!(problem instanceof Unfinished) || next === undefined) throw problem;
        all += ` ${withoutComment(next.trim())}`;
        this.at += 1;
      }
    }
  }
}

/** The key of a line and what stands behind it. A colon within quotes or braces is none. */
function keyOf({ text }: Line): { key: string; rest: string } | undefined {
  const quoted = /^"((?:[^"\\]|\\.)*)"\s*:(?:\s+(.*))?$/.exec(text) ?? /^'((?:[^']|'')*)'\s*:(?:\s+(.*))?$/.exec(text);
  if (quoted !== null) return { key: quoted[1] ?? "", rest: (quoted[2] ?? "").trim() };
  if (/^[[{"'|>&*!%@`#]/.test(text)) return undefined;
  const found = /^(.*?)\s*:(?:\s+(.*))?$/.exec(text);
  return found === null ? undefined : { key: found[1] ?? "", rest: (found[2] ?? "").trim() };
}

/** Text over several lines as one: an empty line is a line's end. */
function folded(lines: readonly string[]): string {
  let text = "";
  for (const [index, line] of lines.entries()) {
    if (index === 0) text = line;
    else if (line === "") text += "\n";
    else text += text.endsWith("\n") || /^\s/.test(line) ? (/^\s/.test(line) && !text.endsWith("\n") ? `\n${line}` : line) : ` ${line}`;
  }
  return text;
}

function withoutComment(text: string): string {
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if (quote !== "") {
      if (quote === '"' && letter === "\\") at += 1;
      else if (letter === quote) quote = "";
    } else if ((letter === '"' || letter === "'") && (at === 0 || /[\s[{,:(]/.test(text[at - 1] ?? ""))) quote = letter;
    else if (letter === "#" && (at === 0 || /\s/.test(text[at - 1] ?? ""))) return text.slice(0, at).trimEnd();
  }
  return text.trimEnd();
}
