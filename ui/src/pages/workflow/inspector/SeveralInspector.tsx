// Several nodes: what is set on each of them alike, and set for all at once.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { nodeTypeQuery } from "@/api/nodeTests";
import type { JsonObject as FormValues, Schema } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import { NODE_WIDGETS } from "@/form/nodeWidgets";
import type { JsonObject } from "@/model/json";
import { idOf, nodeOf, type NodePath } from "@/model/path";
import { listed } from "@/model/result";
import { configOf, type WorkflowNode } from "@/model/workflow";
import { changeAll, policyOf, shared } from "@/pages/workflow/inspector/config/changes";
import { OF_SEVERAL } from "@/pages/workflow/inspector/config/policySchema";
import classes from "@/pages/workflow/inspector/Inspector.module.css";
import { useBurst } from "@/pages/workflow/inspector/useBurst";
import { useIsReadOnly } from "@/pages/workflow/inspector/useNode";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function SeveralInspector({ paths }: { paths: readonly NodePath[] }) {
  const workflow = useEditor((state) => state.workflow);
  const nodes = useMemo(() => paths.flatMap((path) => nodeOf(workflow, path) ?? []), [workflow, paths]);
  const types = [...new Set(nodes.map(({ type }) => type))];
  const [only] = types;
  return (
    <>
      <header className={classes.head}>
        <div className={classes.names}>
          <h2>{nodes.length} nodes</h2>
          <p title={paths.map(idOf).join(", ")}>{listed(paths.map(idOf), 4).replaceAll("`", "")}</p>
        </div>
      </header>
      <div className={classes.panel}>
        {types.length === 1 && only !== undefined && <Configs paths={paths} nodes={nodes} type={only} />}
        <section className={classes.part} aria-label="Policy of all">
          <h3>Policy of all</h3>
          <Alike paths={paths} objects={nodes.map(policyOf)} schema={OF_SEVERAL} what="policy" />
        </section>
      </div>
    </>
  );
}

function Configs({ paths, nodes, type }: { paths: readonly NodePath[]; nodes: readonly WorkflowNode[]; type: string }) {
  const { data } = useQuery(nodeTypeQuery(type));
  const schema = data?.config_schema as Schema | undefined;
  if (schema === undefined || Object.keys(schema.properties ?? {}).length === 0) return null;
  return (
    <section className={classes.part} aria-label="Config of all">
      <h3>Config of all</h3>
      <Alike paths={paths} objects={nodes.map(configOf)} schema={schema} what="config" />
    </section>
  );
}

interface AlikeProps {
  paths: readonly NodePath[];
  objects: readonly JsonObject[];
  schema: Schema;
  what: "config" | "policy";
}

/** The fields in which they agree hold that; where they differ the field is empty and says so. */
function Alike({ paths, objects, schema, what }: AlikeProps) {
  const apply = useEditor((state) => state.apply);
  const isReadOnly = useIsReadOnly();
  const { same, different } = shared(objects);
  const burst = useBurst(same, (after) => void apply(null, (workflow) => changeAll(workflow, paths, what, same, after)));
  const shown: Schema = {
    ...schema,
    required: [],
    properties: Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, part]) => [
        name,
        different.has(name) ? { ...part, description: "Different now. What is set here is set for all.", "ui:placeholder": "Different" } : part,
      ]),
    ),
  };
  return (
    <div onBlur={burst.flush}>
      <SchemaForm schema={shown} value={burst.value as FormValues} onChange={burst.change} isReadOnly={isReadOnly} widgets={NODE_WIDGETS} />
    </div>
  );
}
