// Copy, cut and paste, as the text of a workflow file; and files that are pasted or dropped.
import { useEffect } from "react";
import { checkText } from "@/api/drafts";
import { isWriting } from "@/actions/keys";
import { tellProblem } from "@/components/notices";
import { load } from "@/model/document";
import { readYaml } from "@/model/readYaml";
import { copyNodes, fragmentText, readPasted } from "@/model/operations/fragment";
import { cut, paste } from "@/model/operations/paste";
import { edited } from "@/model/operations/edit";
import type { Place } from "@/model/operations/move";
import { done, refuse, type Result } from "@/model/result";
import type { GraphPath } from "@/model/path";
import type { Workflow } from "@/model/workflow";
import { isFile, mergePasted } from "@/pages/workflow/canvas/pasted";
import { attempt, sayRefusal } from "@/pages/workflow/canvas/attempt";
import { currentGraph, freePlace } from "@/pages/workflow/canvas/commands";
import { fitAll, here } from "@/pages/workflow/canvas/viewport";
import { useEditor } from "@/pages/workflow/store/editorStore";

/** The fragment that is copied, as text; with `takes` the nodes go. Undefined where there is nothing to copy. */
export function copyChosen(takes: boolean): string | undefined {
  const { workflow, catalogue, selection } = useEditor.getState();
  if (!takes) {
    const copied = copyNodes(workflow, catalogue, selection);
    if (!copied.ok) sayRefusal(copied);
    return copied.ok ? fragmentText(copied.value, "yaml") : undefined;
  }
  const taken = cut(workflow, catalogue, selection);
  if (!taken.ok) {
    sayRefusal(taken);
    return undefined;
  }
  const { edit, fragment } = taken.value;
  const { label, workflow: after, ...more } = edit;
  attempt(() => edited(after, label, more));
  return fragmentText(fragment, "yaml");
}

export interface PasteAt {
  readonly graph: GraphPath;
  readonly at: Place;
}

/** Without a place: where there is room in what is shown. */
export function pasteText(text: string, where?: PasteAt): void {
  const read = readPasted(text, readYaml);
  if (!read.ok) return sayRefusal(read);
  if (read.value.kind === "workflows") return pasteWorkflow(mergePasted(read.value.workflows), where);
  // Steps: the server draws them.
  checkText(text).then(({ graphs, issues }) => {
    const drawn = readDrawn(graphs ?? [], issues);
    if (drawn.ok) pasteWorkflow(drawn.value, where);
    else sayRefusal(drawn);
  }, tellProblem);
}

function readDrawn(graphs: readonly unknown[], issues: readonly { message: string; remedy?: string | null }[]): Result<Workflow> {
  const [graph] = graphs;
  const [issue] = issues;
  if (graph === undefined) {
    return refuse(issue?.message ?? "These steps cannot be drawn.", issue?.remedy ?? "Correct them, and paste them again.");
  }
  const loaded = load(graph, "pasted");
  return loaded.ok ? done(loaded.value) : loaded;
}

function pasteWorkflow(pasted: Workflow, where: PasteAt | undefined): void {
  const graph = where?.graph ?? currentGraph();
  const isFirst = graph === "" && useEditor.getState().workflow.nodes.length === 0;
  const at = isFirst ? { x: 0, y: 0 } : (where?.at ?? freePlace(graph));
  const result = attempt((workflow, catalogue) => paste(workflow, catalogue, pasted, { graph, at }));
  if (result.ok && (isFirst || isFile(pasted))) requestAnimationFrame(() => requestAnimationFrame(fitAll));
}

/** The first of several files. */
export function pasteFile(files: FileList, where?: PasteAt): void {
  const [file] = files;
  file?.text().then((text) => pasteText(text, where), tellProblem);
}

/** The browser's own copy, cut and paste, where the canvas has the keys. */
export function useClipboard(): void {
  useEffect(() => {
    const isOurs = (event: ClipboardEvent): boolean => {
      if (event.defaultPrevented || isWriting(event.target)) return false;
      const on = document.activeElement?.closest("[data-canvas]");
      return on !== null && on !== undefined && window.getSelection()?.isCollapsed !== false;
    };
    const onCopy = (event: ClipboardEvent): void => {
      if (!isOurs(event)) return;
      const text = copyChosen(event.type === "cut" && useEditor.getState().mode === "edit");
      if (text === undefined) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (!isOurs(event) || here.element === undefined) return;
      event.preventDefault();
      const files = event.clipboardData?.files;
      if (files !== undefined && files.length > 0) pasteFile(files);
      else pasteText(event.clipboardData?.getData("text/plain") ?? "");
    };
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, []);
}

/** From a menu: the browser may ask whether we may read. */
export function pasteFromClipboard(): void {
  const clipboard: Clipboard | undefined = navigator.clipboard;
  const refused = (): void => sayRefusal(refuse("The browser does not let us read the clipboard.", "Press the keys for pasting on the canvas instead."));
  if (clipboard === undefined) return refused();
  clipboard.readText().then((text) => pasteText(text), refused);
}
