// What a node type is for: its description, ports, fields and an example.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type NodeTypeInFull, nodeTypeQuery } from "@/api/nodeTests";
import { Loaded } from "@/components/Loaded";
import { Line, Prose } from "@/components/Prose";
import type { Schema } from "@/form/schema";
import { isObject, type JsonObject } from "@/model/json";
import { replaceConfig } from "@/model/operations/settings";
import type { NodePath } from "@/model/path";
import { writeYaml } from "@/model/yaml";
import classes from "@/pages/workflow/inspector/docs/DocsTab.module.css";
import look from "@/pages/workflow/inspector/Inspector.module.css";
import { useIsReadOnly } from "@/pages/workflow/inspector/useNode";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function DocsTab({ path, type }: { path: NodePath; type: string }) {
  const query = useQuery(nodeTypeQuery(type));
  if (type === "") return <p className={look.quiet}>It has no type yet.</p>;
  return (
    <div className={look.part}>
      <Loaded query={query} lines={8}>
        {(found) => <Docs path={path} type={found} />}
      </Loaded>
    </div>
  );
}

function Docs({ path, type }: { path: NodePath; type: NodeTypeInFull }) {
  const apply = useEditor((state) => state.apply);
  const isReadOnly = useIsReadOnly();
  const example = useMemo(() => (isObject(type.example) ? (type.example as JsonObject) : null), [type]);
  // What an example gives its node is its config, or stands beside the name of its type.
  const config = example === null ? null : isObject(example["config"]) ? example["config"] : null;
  const fields = Object.entries((type.config_schema as Schema).properties ?? {});
  return (
    <div className={classes.docs}>
      <p className={classes.type}>
        <Line>{`\`${type.type}\` · ${type.kind}`}</Line>
      </p>
      <Prose>{type.description}</Prose>
      <Ports title="Inputs" ports={type.inputs} />
      <Ports title="Outputs" ports={type.outputs} />
      {fields.length > 0 && (
        <section>
          <h3>Config</h3>
          <dl>
            {fields.map(([name, schema]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{schema.description === undefined ? "" : <Line>{schema.description}</Line>}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {example !== null && (
        <section>
          <h3>Example</h3>
          <Prose>{`\`\`\`yaml\n${writeYaml(example)}\n\`\`\``}</Prose>
          {!isReadOnly && config !== null && (
            <Button size="compact-xs" variant="default" onClick={() => void apply(null, (workflow) => replaceConfig(workflow, path, config))}>
              Use its config here
            </Button>
          )}
        </section>
      )}
    </div>
  );
}

function Ports({ title, ports }: { title: string; ports: NodeTypeInFull["inputs"] }) {
  if (ports.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {ports.map(({ name, type, description }) => (
          <div key={name}>
            <dt>
              {name} <span>{type}</span>
            </dt>
            <dd>{description && <Line>{description}</Line>}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
