// The server's check, a moment after each change; an answer about what has changed since is left alone.
import { useEffect } from "react";
import { checkDefinition } from "@/api/drafts";
import { serialise } from "@/model/document";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { placeIssues } from "@/pages/workflow/store/issues";

const PAUSE = 350;

export function useValidation(): void {
  const workflow = useEditor((state) => state.workflow);
  useEffect(() => {
    const asking = new AbortController();
    const timer = setTimeout(() => {
      checkDefinition(serialise(workflow), asking.signal)
        .then((issues) => useEditor.getState().setIssues(placeIssues(workflow, issues)))
        // Without an answer the marks stay as they are; saving tells why.
        .catch(() => undefined);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [workflow]);
}
