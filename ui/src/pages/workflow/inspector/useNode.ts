// The node that is inspected, as the store has it.
import { useMemo } from "react";
import type { Issue } from "@/api/problem";
import { nodeOf, type NodePath } from "@/model/path";
import type { WorkflowNode } from "@/model/workflow";
import { useEditor } from "@/pages/workflow/store/editorStore";
import type { NodeIssue } from "@/pages/workflow/store/issues";

export function useNode(path: NodePath): WorkflowNode | undefined {
  return useEditor((state) => nodeOf(state.workflow, path));
}

const NONE: readonly NodeIssue[] = [];

/** What the check found of the node, named as the forms name their fields. */
export function useNodeIssues(path: NodePath): readonly Issue[] {
  const found = useEditor((state) => state.issues.byNode.get(path)) ?? NONE;
  return useMemo(
    () => found.map(({ code, message, remedy, severity, field }) => ({ code, message, remedy, severity, path: field, line: null, column: null })),
    [found],
  );
}

export function useIsReadOnly(): boolean {
  return useEditor((state) => state.mode === "read");
}
