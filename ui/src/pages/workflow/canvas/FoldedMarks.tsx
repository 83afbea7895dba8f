// What is to be known of the nodes in a folded group: that something in them is wrong, and how the worst of them stood.
import { CircleAlert, TriangleAlert } from "lucide-react";
import { useSyncExternalStore } from "react";
import { CardStatus } from "@/components/graph/Card";
import { counted } from "@/format/number";
import type { NodePath } from "@/model/path";
import { runFaces } from "@/pages/workflow/canvas/runFaces";
import classes from "@/pages/workflow/canvas/Step.module.css";
import { worstOf } from "@/pages/workflow/canvas/worst";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function FoldedMarks({ paths }: { paths: readonly NodePath[] }) {
  const errors = useEditor(({ issues }) => countOf(paths, issues.byNode, "error"));
  const warnings = useEditor(({ issues }) => countOf(paths, issues.byNode, "warning"));
  const worst = useSyncExternalStore(runFaces.watchAll, () => worstOf(paths.map((path) => runFaces.get(path)?.status)));
  const said = [errors > 0 && counted(errors, "error"), warnings > 0 && counted(warnings, "warning")].filter((one) => one !== false).join(", ");
  return (
    <span className={classes.marks}>
      {said !== "" && (
        <span className={errors > 0 ? classes.error : classes.warning} role="img" aria-label={`In it: ${said}`} title={`In it: ${said}`}>
          {errors > 0 ? <CircleAlert size={16} aria-hidden="true" /> : <TriangleAlert size={16} aria-hidden="true" />}
        </span>
      )}
      {worst !== undefined && <CardStatus face={{ status: worst }} isNamed />}
    </span>
  );
}

type ByNode = ReadonlyMap<NodePath, readonly { readonly severity: string }[]>;

function countOf(paths: readonly NodePath[], byNode: ByNode, severity: string): number {
  return paths.reduce((sum, path) => sum + (byNode.get(path)?.filter((one) => one.severity === severity).length ?? 0), 0);
}
