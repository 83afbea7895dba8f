// The parts of a program that are coloured: told apart by their spelling alone, which is enough to read by.

export type Part = "comment" | "text" | "number" | "word" | "function";

export interface Token {
  readonly from: number;
  readonly to: number;
  readonly part: Part;
}

const PYTHON_WORDS =
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield";
const SCRIPT_WORDS =
  "async await break case catch class const continue default delete do else export extends false finally for from function if import in instanceof let new null of return super switch this throw true try typeof undefined var void while yield";

const NUMBER = String.raw`\b\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d+)?\b`;
const QUOTED = String.raw`"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?`;
const NAME = String.raw`[A-Za-z_$][\w$]*`;

interface Language {
  readonly pattern: RegExp;
  readonly words: ReadonlySet<string>;
}

function language(comment: string, text: string, words: string): Language {
  const pattern = new RegExp(`(?<comment>${comment})|(?<text>${text}|${QUOTED})|(?<number>${NUMBER})|(?<name>${NAME})`, "g");
  return { pattern, words: new Set(words.split(" ")) };
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  python: language("#[^\\n]*", String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)`, PYTHON_WORDS),
  javascript: language(String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`, String.raw`${"`"}(?:[^${"`"}\\]|\\[\s\S])*${"`"}?`, SCRIPT_WORDS),
};

/** In order, none within another; of a language that is not known there is none. */
export function tokensOf(program: string, name: string | undefined): Token[] {
  const known = name === undefined ? undefined : LANGUAGES[name];
  if (known === undefined) return [];
  const found: Token[] = [];
  for (const match of program.matchAll(known.pattern)) {
    const part = partOf(match, program, known);
    if (part !== undefined) found.push({ from: match.index, to: match.index + match[0].length, part });
  }
  return found;
}

function partOf({ 0: text, index, groups = {} }: RegExpMatchArray, program: string, { words }: Language): Part | undefined {
  if (groups["comment"] !== undefined) return "comment";
  if (groups["text"] !== undefined) return "text";
  if (groups["number"] !== undefined) return "number";
  // What is reached by a point is a name, whatever it is called.
  if (words.has(text) && program[(index ?? 0) - 1] !== ".") return "word";
  return program[(index ?? 0) + text.length] === "(" ? "function" : undefined;
}
