// Nothing is selected: the workflow itself, its inputs, outputs and settings.
import { Tabs } from "@mantine/core";
import { useState } from "react";
import type { Issue } from "@/api/problem";
import { NODE_WIDGETS } from "@/form/nodeWidgets";
import type { JsonObject as FormValues, Schema } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import type { Json, JsonObject } from "@/model/json";
import { edited } from "@/model/operations/edit";
import { setOwn } from "@/model/operations/settings";
import { refuse } from "@/model/result";
import type { Workflow } from "@/model/workflow";
import { changedKeys } from "@/pages/workflow/inspector/config/changes";
import classes from "@/pages/workflow/inspector/Inspector.module.css";
import { useBurst } from "@/pages/workflow/inspector/useBurst";
import { useIsReadOnly } from "@/pages/workflow/inspector/useNode";
import { InputsPart } from "@/pages/workflow/inspector/workflow/InputsPart";
import { OutputsPart } from "@/pages/workflow/inspector/workflow/OutputsPart";
import { ABOUT, SETTINGS } from "@/pages/workflow/inspector/workflow/schemas";
import { useWorkflowIssues } from "@/pages/workflow/inspector/workflow/useWorkflowIssues";
import { useEditor } from "@/pages/workflow/store/editorStore";

const TABS = { about: "About", inputs: "Inputs", outputs: "Outputs", settings: "Settings" };

export function WorkflowInspector() {
  const workflow = useEditor((state) => state.workflow);
  const issues = useWorkflowIssues();
  const [tab, setTab] = useState<string | null>("about");
  const own: JsonObject = ownOf(workflow);
  const others = issues.filter(({ path }) => !/^(inputs|outputs|settings)\b/.test(path));
  return (
    <>
      <header className={classes.head}>
        <div className={classes.names}>
          <h2>{workflow.title ?? workflow.name}</h2>
          <p>The workflow. Select a node to set it up.</p>
        </div>
      </header>
      <Tabs className={classes.tabs ?? ""} value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List className={classes.list ?? ""}>
          {Object.entries(TABS).map(([value, title]) => (
            <Tabs.Tab key={value} value={value}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="about" className={classes.panel ?? ""} tabIndex={-1}>
          <div className={classes.part}>
            {others.length > 0 && (
              <ul className={classes.issues} aria-label="To correct">
                {others.map(({ code, message, remedy, path }) => (
                  <li key={`${code} ${path}`}>
                    {message} {remedy}
                  </li>
                ))}
              </ul>
            )}
            <OwnForm schema={ABOUT} value={own} issues={issues} onApply={(before, after) => changeOwn(before, after)} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="inputs" className={classes.panel ?? ""} tabIndex={-1}>
          <InputsPart issues={issues} />
        </Tabs.Panel>
        <Tabs.Panel value="outputs" className={classes.panel ?? ""} tabIndex={-1}>
          <OutputsPart issues={issues} />
        </Tabs.Panel>
        <Tabs.Panel value="settings" className={classes.panel ?? ""} tabIndex={-1}>
          <div className={classes.part}>
            <OwnForm
              schema={SETTINGS}
              path="settings"
              value={workflow.settings ?? {}}
              issues={issues}
              onApply={(_, after) => ({ settings: Object.keys(after).length === 0 ? undefined : after })}
            />
          </div>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function ownOf({ title, description, tags }: Workflow): JsonObject {
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function changeOwn(before: JsonObject, after: JsonObject): Record<string, Json | undefined> {
  return Object.fromEntries(changedKeys(before, after).map((name) => [name, after[name]]));
}

interface OwnFormProps {
  schema: Schema;
  value: JsonObject;
  issues: readonly Issue[];
  path?: string;
  /** What of the workflow is set to what. */
  onApply: (before: JsonObject, after: JsonObject) => Record<string, Json | undefined>;
}

type Own = "title" | "description" | "tags" | "settings";

function OwnForm({ schema, value, issues, path = "", onApply }: OwnFormProps) {
  const apply = useEditor((state) => state.apply);
  const isReadOnly = useIsReadOnly();
  const burst = useBurst(value, (after) => {
    const changes = Object.entries(onApply(value, after));
    void apply(null, (workflow) => {
      let here = edited(workflow, "", {});
      for (const [name, next] of changes) {
        const result = setOwn(here.value.workflow, name as Own, next as Workflow[Own]);
        if (!result.ok) return result;
        here = result;
      }
      return changes.length === 0 ? refuse("Nothing changes.") : here;
    });
  });
  return (
    <div onBlur={burst.flush}>
      <SchemaForm
        schema={schema}
        value={burst.value as FormValues}
        onChange={burst.change}
        issues={issues}
        path={path}
        isReadOnly={isReadOnly}
        widgets={NODE_WIDGETS}
      />
    </div>
  );
}
