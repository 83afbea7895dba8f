// Colours in expressions (what is between `{{ }}`, and in it texts, numbers, functions and the names that are read) and programs.
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { RangeSetBuilder } from "@codemirror/state";
import classes from "@/expression/CodeEditor.module.css";
import { tokensOf } from "@/expression/program";
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
  comment: Decoration.mark({ class: classes.comment ?? "" }),
  text: Decoration.mark({ class: classes.text ?? "" }),
  number: Decoration.mark({ class: classes.number ?? "" }),
  function: Decoration.mark({ class: classes.function ?? "" }),
  name: Decoration.mark({ class: classes.name ?? "" }),
  word: Decoration.mark({ class: classes.word ?? "" }),
  brace: Decoration.mark({ class: classes.brace ?? "" }),
};

type Decorate = (text: string, add: (from: number, to: number, mark: Decoration) => void) => void;

/** Drawn anew with each change: both are short. */
function marks(decorate: Decorate) {
  const build = (view: EditorView): DecorationSet => {
    const text = view.state.doc.toString();
    const builder = new RangeSetBuilder<Decoration>();
    if (text.length <= MOST) decorate(text, (from, to, mark) => builder.add(from, to, mark));
    return builder.finish();
  };
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = build(view);
      }
      update(update: ViewUpdate): void {
        if (update.docChanged) this.decorations = build(update.view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

export function expressionMarks(mode: Mode) {
  return marks((text, add) => {
    for (const { start, end, closed } of expressionsIn(text, mode)) {
      if (mode === "template") add(start - 2, start, MARKS.brace);
      for (const { from, to, kind } of tokensIn(text, start, end)) add(from, to, MARKS[kind]);
      if (mode === "template" && closed) add(end, end + 2, MARKS.brace);
    }
  });
}

export function programMarks(language: string | undefined) {
  return marks((text, add) => {
    for (const { from, to, part } of tokensOf(text, language)) add(from, to, MARKS[part]);
  });
}
