// What is set on a node beside its config: retry, timeout, cache, what a failure does, title and note.
import type { Issue } from "@/api/problem";
import { NODE_WIDGETS } from "@/form/nodeWidgets";
import type { JsonObject as FormValues } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import type { NodePath } from "@/model/path";
import type { WorkflowNode } from "@/model/workflow";
import { changePolicy, policyOf } from "@/pages/workflow/inspector/config/changes";
import { policySchema } from "@/pages/workflow/inspector/config/policySchema";
import classes from "@/pages/workflow/inspector/Inspector.module.css";
import { useBurst } from "@/pages/workflow/inspector/useBurst";
import { useIsReadOnly } from "@/pages/workflow/inspector/useNode";
import { useEditor } from "@/pages/workflow/store/editorStore";

interface Props {
  path: NodePath;
  node: WorkflowNode;
  kind: string | undefined;
  issues: readonly Issue[];
}

export function PolicyTab({ path, node, kind, issues }: Props) {
  const apply = useEditor((state) => state.apply);
  const seal = useEditor((state) => state.seal);
  const isReadOnly = useIsReadOnly();
  const burst = useBurst(policyOf(node), (policy) => void apply(null, (workflow) => changePolicy(workflow, path, policy)));
  const leave = () => {
    burst.flush();
    seal();
  };
  return (
    <div className={classes.part} onBlur={leave}>
      <SchemaForm
        schema={policySchema(kind)}
        value={burst.value as FormValues}
        onChange={burst.change}
        issues={issues}
        isReadOnly={isReadOnly}
        widgets={NODE_WIDGETS}
      />
    </div>
  );
}
