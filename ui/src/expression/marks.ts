// Colours in expressions: what is between `{{ }}`, and in it texts, numbers, functions and the names that are read.
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { RangeSetBuilder } from "@codemirror/state";
import classes from "@/expression/CodeEditor.module.css";
import { expressionsIn, type Mode } from "@/model/expression/scan";

const TOKEN = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\b\d+(?:\.\d+)?\b|[A-Za-z_$][\w$]*(?=\s*\()|[A-Za-z_$][\w$-]*(?:\??\.[\w$-]+)*/g;
const WORDS = new Set(["true", "false", "null", "and", "or", "not", "in"]);
/** Longer than that, it is only text. */
const MOST = 20_000;

export interface Token {
  readonly from: number;
  readonly to: number;
  readonly kind: "text" | "number" | "function" | "name" | "word";
}

export function tokensIn(text: string, from: number, to: number): Token[] {
  const tokens: Token[] = [];
  for (const found of text.slice(from, to).matchAll(TOKEN)) {
    const [word] = found;
    const at = from + found.index;
    const isCall = /^\s*\(/.test(text.slice(at + word.length));
    const kind = /^["']/.test(word)
      ? "text"
      : /^\d/.test(word)
        ? "number"
        : WORDS.has(word)
          ? "word"
          : isCall && !word.includes(".")
            ? "function"
            : "name";
    tokens.push({ from: at, to: at + word.length, kind });
  }
  return tokens;
}

const MARKS = {
  text: Decoration.mark({ class: classes.text ?? "" }),
  number: Decoration.mark({ class: classes.number ?? "" }),
  function: Decoration.mark({ class: classes.function ?? "" }),
  name: Decoration.mark({ class: classes.name ?? "" }),
  word: Decoration.mark({ class: classes.word ?? "" }),
  brace: Decoration.mark({ class: classes.brace ?? "" }),
};

function decorate(view: EditorView, mode: Mode): DecorationSet {
  const text = view.state.doc.toString();
  const builder = new RangeSetBuilder<Decoration>();
  if (text.length > MOST) return builder.finish();
  for (const { start, end, closed } of expressionsIn(text, mode)) {
    if (mode === "template") builder.add(start - 2, start, MARKS.brace);
    for (const { from, to, kind } of tokensIn(text, start, end)) builder.add(from, to, MARKS[kind]);
    if (mode === "template" && closed) builder.add(end, end + 2, MARKS.brace);
  }
  return builder.finish();
}

export function expressionMarks(mode: Mode) {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = decorate(view, mode);
      }
      update(update: ViewUpdate): void {
        if (update.docChanged) this.decorations = decorate(update.view, mode);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}
