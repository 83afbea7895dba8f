// The model's completion, as CodeMirror asks for it.
import type { Completion as Item, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import type { Completion, Option } from "@/model/completion";

export type Complete = (text: string, cursor: number) => Completion | undefined;

const SECTIONS: Readonly<Record<Option["kind"], string>> = {
  name: "Names",
  node: "Nodes",
  output: "Outputs",
  input: "Inputs",
  field: "Fields",
  function: "Functions",
};

export function completionSource(complete: Complete): CompletionSource {
  return (asked: CompletionContext): CompletionResult | null => {
    const text = asked.state.doc.toString();
    const found = complete(text, asked.pos);
    if (found === undefined || found.options.length === 0) return null;
    // Between expressions nothing is offered until somebody asks, or has begun a word.
    if (!asked.explicit && found.from === asked.pos && !/[.{]\s*$/.test(text.slice(0, asked.pos))) return null;
    return { from: found.from, options: found.options.map((one, at) => itemOf(one, -at)), filter: false };
  };
}

function itemOf(option: Option, boost: number): Item {
  const { label, detail, description, kind } = option;
  return {
    label,
    detail: detail === label ? "" : detail,
    boost,
    section: SECTIONS[kind],
    ...(description === "" ? {} : { info: description }),
    apply: (view: EditorView, _item: Item, from: number, to: number) => {
      const isFunction = kind === "function";
      const written = isFunction ? `${option.insert}()` : option.insert;
      const cursor = from + written.length - (isFunction ? 1 : 0);
      view.dispatch({ changes: { from, to, insert: written }, selection: { anchor: cursor }, userEvent: "input.complete" });
    },
  };
}
