// What is edited: the workflow with its history, what is selected, what is wrong with it. Canvas, outline and inspector
// read it, and change it by `apply`.
import { create } from "zustand";
import { type Catalogue, makeCatalogue } from "@/model/catalogue";
import { type History, record, redo, replacePresent, seal, startHistory, undo } from "@/model/history";
import { withMissingPlaces } from "@/model/layout";
import type { Edit } from "@/model/operations/edit";
import { nodeOf, type GraphPath, type NodePath } from "@/model/path";
import { refuse, type Refusal, type Result } from "@/model/result";
import type { Workflow } from "@/model/workflow";
import { type Issues, NO_ISSUES } from "@/pages/workflow/store/issues";

export type Operation = (workflow: Workflow, catalogue: Catalogue) => Result<Edit>;

/** A connection by its place in its graph's list. */
export interface WireAt {
  readonly graph: GraphPath;
  readonly index: number;
}

export interface LastRun {
  readonly id: string;
  readonly status: string;
}

export interface OpenEditor {
  readonly workflow: Workflow;
  readonly catalogue: Catalogue;
  readonly mode: "edit" | "read";
  readonly lastRun?: LastRun | undefined;
}

export interface EditorState {
  /** As it is shown: with a place for every node. */
  readonly workflow: Workflow;
  readonly catalogue: Catalogue;
  readonly history: History;
  /** The selected nodes, the first selected first. */
  readonly selection: readonly NodePath[];
  readonly wires: readonly WireAt[];
  readonly issues: Issues;
  readonly mode: "edit" | "read";
  /** Why nothing can be changed, in the mode `read`. */
  readonly readOnly: Refusal;
  readonly lastRun: LastRun | undefined;
  /** The last edit's side effects, in sentences; the page shows them. */
  readonly told: { readonly sentences: readonly string[] } | undefined;
  /** What changed since: counts every change of the workflow by somebody here. */
  readonly changes: number;
  open: (given: OpenEditor) => void;
  /** Another workflow in its place, by the server or by somebody else: no step to undo. */
  replace: (workflow: Workflow) => void;
  /** Run an operation of the model as a step to undo. Null takes the label that the operation gives. */
  apply: (label: string | null, operation: Operation) => Result<Edit>;
  undo: () => void;
  redo: () => void;
  /** The field is left, the drag let go: what comes next is a step of its own. */
  seal: () => void;
  select: (paths: readonly NodePath[], wires?: readonly WireAt[]) => void;
  setIssues: (issues: Issues) => void;
  setLastRun: (run: LastRun | undefined) => void;
}

const EMPTY: Workflow = { name: "untitled", nodes: [], connections: [] };
export const READ_ONLY = refuse("Nothing can be changed here.", "Open the workflow as somebody who may edit it.");

export const useEditor = create<EditorState>((set, get) => ({
  workflow: EMPTY,
  catalogue: makeCatalogue([]),
  history: startHistory(EMPTY),
  selection: [],
  wires: [],
  issues: NO_ISSUES,
  mode: "read",
  readOnly: READ_ONLY,
  lastRun: undefined,
  told: undefined,
  changes: 0,
  open: ({ workflow, catalogue, mode, lastRun }) => {
    const shown = withMissingPlaces(workflow, catalogue);
    set({
      workflow: shown,
      catalogue,
      mode,
      lastRun,
      history: startHistory(shown),
      selection: [],
      wires: [],
      issues: NO_ISSUES,
      told: undefined,
      changes: 0,
    });
  },
  replace: (workflow) => {
    const { catalogue, history, selection } = get();
    const shown = withMissingPlaces(workflow, catalogue);
    set({ workflow: shown, history: replacePresent(history, shown), ...leftOf(shown, selection) });
  },
  apply: (label, operation) => {
    const { workflow, catalogue, history, selection, mode, changes } = get();
    if (mode === "read") return get().readOnly;
    const result = operation(workflow, catalogue);
    if (!result.ok || result.value.workflow === workflow) return result;
    const edit = label === null ? result.value : { ...result.value, label };
    const next = record(history, edit, Date.now());
    set({
      history: next,
      workflow: next.present,
      changes: changes + 1,
      ...leftOf(next.present, edit.selection ?? selection),
      ...(edit.notes === undefined || edit.notes.length === 0 ? {} : { told: { sentences: edit.notes } }),
    });
    return result;
  },
  undo: () => get().mode === "edit" && step(undo),
  redo: () => get().mode === "edit" && step(redo),
  seal: () => set(({ history }) => ({ history: seal(history) })),
  select: (paths, wires = []) => {
    const before = get();
    if (isSame(before.selection, paths) && before.wires.length === 0 && wires.length === 0) return;
    set({ selection: isSame(before.selection, paths) ? before.selection : paths, wires, history: seal(before.history) });
  },
  setIssues: (issues) => set({ issues }),
  setLastRun: (lastRun) => set({ lastRun }),
}));

function step(move: (history: History) => History): void {
  useEditor.setState((state) => {
    const history = move(state.history);
    if (history === state.history) return state;
    const workflow = history.present;
    // As it was after the last step that counts now.
    const chosen = history.past.at(-1)?.selection ?? state.selection;
    return { history, workflow, changes: state.changes + 1, ...leftOf(workflow, chosen) };
  });
}

/** What is still there of a selection. Connections are selected by their places, which an edit moves. */
function leftOf(workflow: Workflow, selection: readonly NodePath[]): Pick<EditorState, "selection" | "wires"> {
  const left = selection.filter((path) => nodeOf(workflow, path) !== undefined);
  return { selection: left.length === selection.length ? selection : left, wires: [] };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}
