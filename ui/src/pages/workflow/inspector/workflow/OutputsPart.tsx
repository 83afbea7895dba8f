// What a run of the workflow comes to: expressions over what its nodes gave.
import { useMemo } from "react";
import type { Issue } from "@/api/problem";
import { type ExpressionPlace, Place } from "@/expression/place";
import { useInsertion } from "@/expression/useInsertion";
import { NODE_WIDGETS } from "@/form/nodeWidgets";
import type { JsonObject as FormValues } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import { outputsContext } from "@/model/expressionContext";
import type { JsonObject } from "@/model/json";
import { setOwn } from "@/model/operations/settings";
import { ROOT } from "@/model/path";
import look from "@/pages/workflow/inspector/Inspector.module.css";
import { useBurst } from "@/pages/workflow/inspector/useBurst";
import { useLastValues } from "@/pages/workflow/inspector/useLastValues";
import { useIsReadOnly } from "@/pages/workflow/inspector/useNode";
import { useFunctions } from "@/pages/workflow/inspector/useNodePlace";
import { OUTPUTS } from "@/pages/workflow/inspector/workflow/schemas";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function OutputsPart({ issues }: { issues: readonly Issue[] }) {
  const workflow = useEditor((state) => state.workflow);
  const catalogue = useEditor((state) => state.catalogue);
  const apply = useEditor((state) => state.apply);
  const isReadOnly = useIsReadOnly();
  const functions = useFunctions();
  const { samples } = useLastValues(ROOT);
  const insertion = useInsertion();
  const place = useMemo((): ExpressionPlace => {
    const context = outputsContext(workflow, catalogue, ROOT, functions);
    return { contextAt: () => context, kindAt: () => "value", samples, ...insertion };
  }, [workflow, catalogue, functions, samples, insertion]);
  const stored: JsonObject = workflow.outputs === undefined ? {} : { outputs: workflow.outputs };
  const burst = useBurst(stored, (after) => {
    const outputs = after["outputs"] ?? undefined;
    void apply(null, (before) => setOwn(before, "outputs", outputs));
  });
  return (
    <Place value={place}>
      <div className={look.part} onBlur={burst.flush}>
        <SchemaForm
          schema={OUTPUTS}
          value={burst.value as FormValues}
          onChange={burst.change}
          issues={issues}
          isReadOnly={isReadOnly}
          widgets={NODE_WIDGETS}
        />
      </div>
    </Place>
  );
}
