// What the check found that is about no node.
import { useMemo } from "react";
import type { Issue } from "@/api/problem";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function useWorkflowIssues(): readonly Issue[] {
  const others = useEditor((state) => state.issues.others);
  return useMemo(
    () => others.map(({ code, message, remedy, severity, field }) => ({ code, message, remedy, severity, path: field, line: null, column: null })),
    [others],
  );
}
