// Undo and redo: steps with their names; a drag, or typing in one field, is one step.
import type { Edit } from "@/model/operations/edit";
import type { NodePath } from "@/model/path";
import type { Workflow } from "@/model/workflow";

export interface Step {
  /** What was done: `Add request`. */
  readonly label: string;
  readonly before: Workflow;
  readonly after: Workflow;
  /** What was selected after it. */
  readonly selection?: readonly NodePath[];
  readonly merge?: string;
  /** When it was last added to, in milliseconds. */
  readonly at: number;
}

export interface History {
  readonly present: Workflow;
  /** The last step comes last. */
  readonly past: readonly Step[];
  /** The step to redo next comes first. */
  readonly future: readonly Step[];
  /** Whether the next edit may join the last step. */
  readonly open: boolean;
}

/** Edits of one thing further apart than this are two steps. */
export const PAUSE = 1_500;
export const MOST_STEPS = 300;

export function startHistory(workflow: Workflow): History {
  return { present: workflow, past: [], future: [], open: false };
}

/** Take up an edit at the time `now`. It joins the last step where both say that they belong together. */
export function record(history: History, edit: Edit, now: number): History {
  if (edit.workflow === history.present) return history;
  const last = history.past.at(-1);
  const joins =
    history.open &&
    edit.merge !== undefined &&
    last?.merge === edit.merge &&
    (isDrag(edit.merge) || now - last.at <= PAUSE);
  const step: Step = {
    label: joins && last ? last.label : edit.label,
    before: joins && last ? last.before : history.present,
    after: edit.workflow,
    ...(edit.selection === undefined ? {} : { selection: edit.selection }),
    ...(edit.merge === undefined ? {} : { merge: edit.merge }),
    at: now,
  };
  const past = joins ? history.past.slice(0, -1) : history.past;
  return { present: edit.workflow, past: [...past, step].slice(-MOST_STEPS), future: [], open: true };
}

/** However long the hand rests, a drag is one step until it is let go. */
function isDrag(merge: string): boolean {
  return ["move:", "shape:", "size:"].some((kind) => merge.startsWith(kind));
}

/** The drag is let go, or the field is left: what comes next is a step of its own. */
export function seal(history: History): History {
  return history.open ? { ...history, open: false } : history;
}

export function undo(history: History): History {
  const last = history.past.at(-1);
  if (last === undefined) return history;
  return { present: last.before, past: history.past.slice(0, -1), future: [last, ...history.future], open: false };
}

export function redo(history: History): History {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { present: next.after, past: [...history.past, next], future, open: false };
}

/** Undo down to where `length` steps are left, or redo up to there: a click in the list of steps. */
export function goTo(history: History, length: number): History {
  let here = history;
  while (here.past.length > length && here.past.length > 0) here = undo(here);
  while (here.past.length < length && here.future.length > 0) here = redo(here);
  return here;
}

/** Somebody else's change, or what the server gave back: it is no step of ours, and what we did cannot be undone into
 * what it replaced. */
export function replacePresent(history: History, workflow: Workflow): History {
  return workflow === history.present ? history : startHistory(workflow);
}

/** What undo and redo would do, for the menu. */
export function nextSteps(history: History): { readonly undo: string | undefined; readonly redo: string | undefined } {
  return { undo: history.past.at(-1)?.label, redo: history.future[0]?.label };
}
