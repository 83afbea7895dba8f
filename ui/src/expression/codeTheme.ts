// How CodeMirror looks: by the tokens, so that light and dark are the same rules.
import { EditorView } from "@codemirror/view";

export const codeTheme = EditorView.theme({
  "&": { color: "var(--td-ink)", fontSize: "0.75rem", maxHeight: "20rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--td-mono)", lineHeight: "1.25rem", overflow: "auto" },
  ".cm-content": { padding: "0.3125rem 0", caretColor: "var(--td-ink)", minWidth: "0" },
  ".cm-line": { padding: "0 0.5rem" },
  ".cm-placeholder": { color: "var(--td-faint)" },
  ".cm-gutters": { background: "var(--td-sheet)", color: "var(--td-faint)", borderColor: "var(--td-line)" },
  ".cm-cursor": { borderLeftColor: "var(--td-ink)" },
  "& .cm-selectionBackground, &.cm-focused .cm-selectionBackground, ::selection": {
    background: "var(--td-accent-tint)",
  },
  "&.cm-focused .cm-matchingBracket": { background: "var(--td-accent-tint)", outline: "none" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--td-bad)",
    textUnderlineOffset: "3px",
  },
  ".cm-tooltip": {
    background: "var(--td-raised)",
    color: "var(--td-ink)",
    border: "1px solid var(--td-line)",
    borderRadius: "var(--td-radius)",
    boxShadow: "var(--td-shadow)",
    overflow: "hidden",
    fontSize: "0.75rem",
    zIndex: "400",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--td-mono)", maxHeight: "14rem", minWidth: "16rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.25rem 0.5rem", lineHeight: "1.125rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--td-accent-tint)",
    color: "var(--td-ink)",
  },
  ".cm-tooltip-autocomplete completion-section": {
    fontFamily: "var(--td-font)",
    color: "var(--td-faint)",
    fontSize: "0.6875rem",
    borderBottom: "0",
    padding: "0.375rem 0.5rem 0.125rem",
    opacity: "1",
  },
  ".cm-completionDetail": { color: "var(--td-soft)", fontStyle: "normal", marginInlineStart: "0.75rem" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
  ".cm-tooltip.cm-completionInfo": { padding: "0.5rem 0.625rem", maxWidth: "18rem", overflow: "visible" },
  ".cm-diagnostic": { padding: "0.375rem 0.625rem", borderLeft: "2px solid var(--td-bad)" },
});
