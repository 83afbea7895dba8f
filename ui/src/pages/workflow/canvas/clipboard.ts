// Copy, cut and paste, as the text of a workflow file.
import { useEffect } from "react";
import { isWriting } from "@/actions/keys";
import { readYaml } from "@/model/readYaml";
import { copyNodes, fragmentText, readPasted } from "@/model/operations/fragment";
import { cut, paste } from "@/model/operations/paste";
import { edited } from "@/model/operations/edit";
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

export function pasteText(text: string): void {
  const read = readPasted(text, readYaml);
  if (!read.ok) return sayRefusal(read);
  if (read.value.kind === "ask") {
    return sayRefusal({
      ok: false,
      reason: "This workflow is written as steps.",
      remedy: "Import it under Workflows: it is drawn as nodes when it is opened.",
    });
  }
  const graph = currentGraph();
  const isFirst = graph === "" && useEditor.getState().workflow.nodes.length === 0;
  const pasted = mergePasted(read.value.workflows);
  const at = isFirst ? { x: 0, y: 0 } : freePlace(graph);
  const result = attempt((workflow, catalogue) => paste(workflow, catalogue, pasted, { graph, at }));
  if (result.ok && (isFirst || isFile(pasted))) requestAnimationFrame(() => requestAnimationFrame(fitAll));
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
      pasteText(event.clipboardData?.getData("text/plain") ?? "");
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
