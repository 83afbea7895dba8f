// The inputs of the workflow: what a run is given, by name.
import { ActionIcon, Button, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Issue } from "@/api/problem";
import { EmptyState } from "@/components/EmptyState";
import { NODE_WIDGETS } from "@/form/nodeWidgets";
import type { JsonObject as FormValues } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import type { Json } from "@/model/json";
import { renameInput } from "@/model/operations/inputs";
import { setInput } from "@/model/operations/settings";
import look from "@/pages/workflow/inspector/Inspector.module.css";
import { useBurst } from "@/pages/workflow/inspector/useBurst";
import { useIsReadOnly } from "@/pages/workflow/inspector/useNode";
import { freeName, inputForm, inputSchema } from "@/pages/workflow/inspector/workflow/inputs";
import classes from "@/pages/workflow/inspector/workflow/InputsPart.module.css";
import { INPUT } from "@/pages/workflow/inspector/workflow/schemas";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function InputsPart({ issues }: { issues: readonly Issue[] }) {
  const inputs = useEditor((state) => state.workflow.inputs);
  const apply = useEditor((state) => state.apply);
  const isReadOnly = useIsReadOnly();
  const entries = Object.entries(inputs ?? {});
  const add = () => void apply(null, (workflow) => setInput(workflow, freeName(Object.keys(workflow.inputs ?? {})), "string"));
  return (
    <div className={look.part}>
      {entries.length === 0 && (
        <EmptyState compact title="No inputs">
          An input is a value that each run is given. Expressions read it as <code>workflow.input.name</code>.
        </EmptyState>
      )}
      <ul className={classes.inputs}>
        {entries.map(([name, schema]) => (
          <li key={name}>
            <Input name={name} schema={schema} issues={issues} isReadOnly={isReadOnly} />
          </li>
        ))}
      </ul>
      {!isReadOnly && (
        <Button size="xs" variant="default" leftSection={<Plus size={14} />} onClick={add}>
          Add an input
        </Button>
      )}
    </div>
  );
}

interface Props {
  name: string;
  schema: Json;
  issues: readonly Issue[];
  isReadOnly: boolean;
}

function Input({ name, schema, issues, isReadOnly }: Props) {
  const apply = useEditor((state) => state.apply);
  const [typed, setTyped] = useState(name);
  const [refusal, setRefusal] = useState<string | null>(null);
  const burst = useBurst(inputForm(schema), (form) => void apply(null, (workflow) => setInput(workflow, name, inputSchema(form))));
  const rename = () => {
    if (typed === name) return;
    const result = apply(null, (workflow, catalogue) => renameInput(workflow, catalogue, name, typed));
    setRefusal(result.ok ? null : `${result.reason} ${result.remedy ?? ""}`);
  };
  return (
    <div className={classes.input} role="group" aria-label={`Input ${name}`}>
      <div className={classes.name}>
        <TextInput
          label="Name"
          value={typed}
          readOnly={isReadOnly}
          error={refusal}
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={rename}
          onKeyDown={(event) => event.key === "Enter" && rename()}
        />
        {!isReadOnly && (
          <ActionIcon aria-label={`Remove ${name}`} onClick={() => void apply(null, (workflow) => setInput(workflow, name, undefined))}>
            <X size={14} />
          </ActionIcon>
        )}
      </div>
      <div onBlur={burst.flush}>
        <SchemaForm
          schema={INPUT}
          value={burst.value as FormValues}
          onChange={burst.change}
          issues={issues}
          path={`inputs.${name}`}
          isReadOnly={isReadOnly}
          widgets={NODE_WIDGETS}
        />
      </div>
    </div>
  );
}
