// The editor for expressions and code. Heavy: only `LazyCodeEditor` imports it.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers, placeholder as placeholderText, tooltips } from "@codemirror/view";
import { useEffect, useEffectEvent, useRef } from "react";
import classes from "@/expression/CodeEditor.module.css";
import { codeTheme } from "@/expression/codeTheme";
import { type Complete, completionSource } from "@/expression/completionSource";
import { expressionMarks, programMarks } from "@/expression/marks";
import { type Insert, REFERENCE } from "@/expression/place";
import { insertReference } from "@/expression/writing";
import type { Mode } from "@/model/expression/scan";
import { styleNonce } from "@/theme/nonce";

export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

export interface CodeEditorProps {
  value: string;
  onChange: (text: string) => void;
  /** Undefined: a program, whose lines are numbered. */
  mode?: Mode | undefined;
  /** Of a program. */
  language?: string | undefined;
  /** Of the element that names it. */
  labelledBy: string;
  describedBy?: string | undefined;
  complete?: Complete | undefined;
  marks?: readonly Mark[];
  placeholder?: string | undefined;
  isReadOnly?: boolean;
  isWrong?: boolean;
  /** Somebody writes already, in what stood here while it was loaded. */
  takesFocus?: boolean;
  /** It was gone into: what is inserted now is inserted here. */
  onFocus?: ((insert: Insert) => void) | undefined;
}

const NO_MARKS: readonly Mark[] = [];
/** Somebody else's: Ctrl+Enter runs the workflow. */
const OURS = defaultKeymap.filter(({ key }) => key !== "Mod-Enter");

export default function CodeEditor(props: CodeEditorProps) {
  const { value, mode, language, labelledBy, describedBy, marks = NO_MARKS, placeholder, isReadOnly = false, isWrong = false } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const attributes = useRef(new Compartment());
  const tell = useEffectEvent((text: string) => {
    if (text !== props.value) props.onChange(text);
  });
  const complete = useEffectEvent((text: string, cursor: number) => props.complete?.(text, cursor));
  const hasFocus = useEffectEvent((insert: Insert) => props.onFocus?.(insert));
  const changing = useEffectEvent(() => changingExtensions(labelledBy, describedBy, isReadOnly, isWrong));
  const first = useEffectEvent(() => props.value);
  const takesFocus = useEffectEvent(() => props.takesFocus === true);

  useEffect(() => {
    if (host.current === null) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first(),
        extensions: [
          EditorView.cspNonce.of(styleNonce),
          codeTheme,
          history(),
          closeBrackets(),
          bracketMatching(),
          EditorView.lineWrapping,
          tooltips({ position: "fixed", parent: document.body }),
          autocompletion({ override: [completionSource((text, at) => complete(text, at))], icons: false }),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...OURS]),
          mode === undefined ? [lineNumbers(), indentUnit.of("    "), programMarks(language)] : expressionMarks(mode),
          placeholder === undefined ? [] : placeholderText(placeholder),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) tell(update.state.doc.toString());
            if (update.focusChanged && update.view.hasFocus) hasFocus((reference) => insertAt(update.view, mode, reference));
          }),
          EditorView.domEventHandlers({ drop: (event, editor) => dropped(event, editor, mode), beforeinput: typedOver }),
          attributes.current.of(changing()),
        ],
      }),
    });
    view.current = made;
    if (takesFocus()) {
      made.focus();
      made.dispatch({ selection: { anchor: made.state.doc.length } });
    }
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [mode, language, placeholder]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const effects = attributes.current.reconfigure(changingExtensions(labelledBy, describedBy, isReadOnly, isWrong));
    view.current?.dispatch({ effects });
  }, [labelledBy, describedBy, isReadOnly, isWrong]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const end = editor.state.doc.length;
    const shown = marks.filter(({ from, to }) => from < to && to <= end);
    editor.dispatch(setDiagnostics(editor.state, shown.map((mark) => ({ ...mark, severity: "error" as const }))));
  }, [marks]);

  return <div ref={host} className={classes.editor} data-wrong={isWrong || undefined} data-expression={mode !== undefined || undefined} />;
}

function changingExtensions(labelledBy: string, describedBy: string | undefined, isReadOnly: boolean, isWrong: boolean): Extension {
  return [
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({
      "aria-labelledby": labelledBy,
      "aria-invalid": String(isWrong),
      "aria-readonly": String(isReadOnly),
      spellcheck: "false",
      ...(describedBy === undefined ? {} : { "aria-describedby": describedBy }),
    }),
  ];
}

function insertAt(view: EditorView, mode: Mode | undefined, reference: string, at = view.state.selection.main.head): void {
  if (view.state.readOnly) return;
  const { text, cursor } = insertReference(view.state.doc.toString(), mode ?? "expression", at, reference);
  const insert = text.slice(at, cursor);
  view.dispatch({ changes: { from: at, insert }, selection: { anchor: cursor }, userEvent: "input.insert" });
  view.focus();
}

function dropped(event: DragEvent, view: EditorView, mode: Mode | undefined): boolean {
  const reference = event.dataTransfer?.getData(REFERENCE) ?? "";
  if (reference === "") return false;
  event.preventDefault();
  insertAt(view, mode, reference, view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? view.state.doc.length);
  return true;
}

/** Typing over a selection: the browser would keep its colours in a `style`, which the page's policy refuses. */
function typedOver(event: InputEvent, view: EditorView): boolean {
  if (event.inputType !== "insertText" || event.data === null || event.isComposing) return false;
  if (view.state.selection.main.empty || view.state.readOnly) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}
