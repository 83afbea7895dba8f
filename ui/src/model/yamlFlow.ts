// What YAML writes on one line: `{…}`, `[…]`, quoted and plain text.
import type { Json } from "@/model/json";

export class NotYaml extends Error {
  constructor(what: string, line: number) {
    super(`${what} (line ${line + 1})`);
  }
}

/** The value goes on in the next line. */
export class Unfinished extends Error {}

export class Flow {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly line: number,
  ) {}

  whole(): Json {
    const value = this.value("");
    this.blank();
    if (this.at < this.text.length) throw new NotYaml("Something stands behind the value", this.line);
    return value;
  }

  private blank(): void {
    while (/\s/.test(this.text[this.at] ?? "")) this.at += 1;
  }

  private value(ends: string): Json {
    this.blank();
    const sign = this.text[this.at];
    if (sign === undefined) throw new Unfinished();
    if (sign === "{") return this.object();
    if (sign === "[") return this.list();
    if (sign === '"' || sign === "'") return this.quoted(sign);
    return plain(this.bare(ends));
  }

  private bare(ends: string): string {
    const from = this.at;
    while (this.at < this.text.length) {
      const letter = this.text[this.at] ?? "";
      if (ends.includes(letter)) break;
      if (letter === ":" && ends.includes(":") === false && ends !== "" && /[\s,\]}]|$/.test(this.text[this.at + 1] ?? "")) break;
      this.at += 1;
    }
    return this.text.slice(from, this.at).trim();
  }

  private list(): Json {
    const items: Json[] = [];
    this.at += 1;
    for (;;) {
      this.blank();
      if (this.take("]")) return items;
      items.push(this.value(",]"));
      this.blank();
      if (!this.take(",") && this.text[this.at] !== "]") this.trouble();
    }
  }

  private object(): Json {
    const fields: Record<string, Json> = {};
    this.at += 1;
    for (;;) {
      this.blank();
      if (this.take("}")) return fields;
      const key = this.text[this.at] === '"' || this.text[this.at] === "'" ? this.quoted(this.text[this.at] ?? "") : this.bare(",}");
      this.blank();
      if (this.take(":")) {
        this.blank();
        const isEmpty = this.text[this.at] === "," || this.text[this.at] === "}";
        fields[key] = isEmpty ? null : this.value(",}");
      } else fields[key] = null;
      this.blank();
      if (!this.take(",") && this.text[this.at] !== "}") this.trouble();
    }
  }

  private trouble(): never {
    if (this.at >= this.text.length) throw new Unfinished();
    throw new NotYaml(`There is something wrong at \`${this.text.slice(this.at, this.at + 12)}\``, this.line);
  }

  private take(sign: string): boolean {
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  private quoted(quote: string): string {
    const from = this.at;
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const letter = this.text[this.at];
      if (quote === '"' && letter === "\\") this.at += 1;
      else if (letter === quote && quote === "'" && this.text[this.at + 1] === "'") this.at += 1;
      else if (letter === quote) {
        this.at += 1;
        const inner = this.text.slice(from + 1, this.at - 1);
        return quote === "'" ? inner.replaceAll("''", "'") : unescaped(inner, this.line);
      }
    }
    throw new Unfinished();
  }
}

function unescaped(text: string, line: number): string {
  const short: Record<string, string> = { n: "\n", t: "\t", r: "\r", '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", "0": "\0", e: "\u001b", " ": " " };
  return text.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)/g, (_, code: string) => {
    if (/^[uUx]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    const letter = short[code];
    if (letter === undefined) throw new NotYaml(`\`\\${code}\` says nothing`, line);
    return letter;
  });
}

export function plain(text: string): Json {
  if (text === "" || /^(~|null|Null|NULL)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(0|[1-9]\d*)$/.test(text) || /^[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?$/.test(text)) {
    return Number(text);
  }
  return text;
}
