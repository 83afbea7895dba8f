// The form of a node's config; under it what it is connected with, and the values to use in it.
import { useQuery } from "@tanstack/react-query";
import { nodeTypeQuery } from "@/api/nodeTests";
import type { Issue } from "@/api/problem";
import { Loaded } from "@/components/Loaded";
import { NODE_WIDGETS } from "@/form/nodeWidgets";
import type { JsonObject as FormValues, Schema } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import type { NodePath } from "@/model/path";
import { configOf, type WorkflowNode } from "@/model/workflow";
import { changeConfig } from "@/pages/workflow/inspector/config/changes";
import { Connected } from "@/pages/workflow/inspector/config/Connected";
import { NodeNotices } from "@/pages/workflow/inspector/config/NodeNotices";
import { ValuesPanel } from "@/pages/workflow/inspector/data/ValuesPanel";
import classes from "@/pages/workflow/inspector/Inspector.module.css";
import { useBurst } from "@/pages/workflow/inspector/useBurst";
import type { AroundNode } from "@/pages/workflow/inspector/useLastValues";
import { useIsReadOnly } from "@/pages/workflow/inspector/useNode";
import { useEditor } from "@/pages/workflow/store/editorStore";

interface Props {
  path: NodePath;
  node: WorkflowNode;
  around: AroundNode;
  issues: readonly Issue[];
}

export function ConfigTab({ path, node, around, issues }: Props) {
  const query = useQuery(nodeTypeQuery(node.type));
  const apply = useEditor((state) => state.apply);
  const seal = useEditor((state) => state.seal);
  const isReadOnly = useIsReadOnly();
  const burst = useBurst(configOf(node), (config) => void apply(null, (workflow) => changeConfig(workflow, path, config)));
  const schema = query.data?.config_schema as Schema | undefined;
  const leave = () => {
    burst.flush();
    seal();
  };
  return (
    <>
      <div className={classes.form} onBlur={leave}>
        <div className={classes.part}>
          <NodeNotices type={query.data} issues={issues} />
          {node.type === "" ? (
            <p className={classes.quiet}>It has no type yet: put a node of one in its place.</p>
          ) : (
            <Loaded query={query} lines={6}>
              {() =>
                Object.keys(schema?.properties ?? {}).length === 0 ? (
                  <p className={classes.quiet}>It has nothing to set.</p>
                ) : (
                  <SchemaForm
                    schema={schema ?? {}}
                    value={burst.value as FormValues}
                    onChange={burst.change}
                    issues={issues}
                    path="config"
                    isReadOnly={isReadOnly}
                    widgets={NODE_WIDGETS}
                  />
                )
              }
            </Loaded>
          )}
        </div>
        <Connected path={path} node={node} />
      </div>
      <ValuesPanel path={path} around={around} />
    </>
  );
}
