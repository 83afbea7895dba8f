// What has to be so for something to be done on the canvas; otherwise, in words, why it cannot be.
import { nextSteps } from "@/model/history";
import { groupOf } from "@/model/operations/group";
import { nodeOf } from "@/model/path";
import { hasPin } from "@/model/workflow";
import type { EditorState } from "@/pages/workflow/store/editorStore";

/** Null where it can be done. */
export type Need = (state: EditorState) => string | null;

const toEdit: Need = (state) => (state.mode === "read" ? state.readOnly.reason : null);
const someNode: Need = (state) => (state.selection.length > 0 ? null : "Select a node first.");
const toEditNodes: Need = (state) => toEdit(state) ?? someNode(state);

export const needs = {
  nothing: () => null,
  toEdit,
  someNode,
  toEditNodes,
  aRun: (state) => (state.lastRun === undefined ? "It has not run yet." : null),
  toEditAny: (state) =>
    toEdit(state) ?? (state.selection.length + state.wires.length > 0 ? null : "Select a node or a connection first."),
  toEditWire: (state) => toEdit(state) ?? (state.wires.length > 0 ? null : "Select a connection first."),
  toUndo: (state) => toEdit(state) ?? (nextSteps(state.history).undo === undefined ? "There is nothing to undo." : null),
  toRedo: (state) => toEdit(state) ?? (nextSteps(state.history).redo === undefined ? "There is nothing to redo." : null),
  toOpen: (state) =>
    toEditNodes(state) ?? (opensAs(state) === undefined ? "Only containers and groups are opened and closed." : null),
  toUngroup: (state) =>
    toEditNodes(state) ?? (groupOf(state.workflow, state.selection[0] ?? "") === undefined ? "The selected node is in no group." : null),
  toTakeOut: (state) =>
    toEditNodes(state) ?? (state.selection[0]?.includes("/") === true ? null : "The selected node stands in no container."),
} satisfies Record<string, Need>;

/** What would be opened or closed. */
export function opensAs({ workflow, selection: [path = ""] }: EditorState): "container" | "group" | undefined {
  if (nodeOf(workflow, path)?.body !== undefined) return "container";
  return groupOf(workflow, path) === undefined ? undefined : "group";
}

export function isFirstPinned({ workflow, selection: [path = ""] }: EditorState): boolean {
  const node = nodeOf(workflow, path);
  return node !== undefined && hasPin(node);
}
