// What is to be known of a node at a glance: a note on it, a pinned output, what is wrong with it.
import { CircleAlert, MessageSquareText, Pin, TriangleAlert } from "lucide-react";
import type { NodePath } from "@/model/path";
import { hasPin, type WorkflowNode } from "@/model/workflow";
import classes from "@/pages/workflow/canvas/Step.module.css";
import { useHasBreakpoint } from "@/pages/workflow/store/breakpoints";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function Marks({ path, node }: { path: NodePath; node: WorkflowNode }) {
  const issues = useEditor((state) => state.issues.byNode.get(path));
  const stops = useHasBreakpoint(path);
  const isError = issues?.some((one) => one.severity === "error");
  const said = issues?.map((one) => one.message).join("\n");
  return (
    <span className={classes.marks}>
      {stops && <span className={classes.breakpoint} role="img" aria-label="Breakpoint" title="Breakpoint: a test that is debugged stops before it" />}
      {node.note !== undefined && (
        <span title={node.note} role="img" aria-label={`Note: ${node.note}`}>
          <MessageSquareText size={14} aria-hidden="true" />
        </span>
      )}
      {hasPin(node) && (
        <span title="Pinned: in tests it gives what is pinned" role="img" aria-label="Pinned">
          <Pin size={14} aria-hidden="true" />
        </span>
      )}
      {said !== undefined && (
        <span
          className={isError ? classes.error : classes.warning}
          title={said}
          role="img"
          aria-label={`${isError ? "Error" : "Warning"}: ${said}`}
        >
          {isError ? <CircleAlert size={16} aria-hidden="true" /> : <TriangleAlert size={16} aria-hidden="true" />}
        </span>
      )}
    </span>
  );
}
