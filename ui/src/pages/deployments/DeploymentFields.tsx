// What a deployment binds a workflow to: its version, mode, profiles, inputs, times and limits.
import { MultiSelect, NumberInput, Select, TagsInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { DeploymentMode } from "@/api/deployments";
import { allItems } from "@/api/paging";
import type { Issue } from "@/api/problem";
import { profileNames } from "@/api/profileNames";
import { definitionOf, versionList } from "@/api/versions";
import { Group } from "@/form/Group";
import { NODE_WIDGETS } from "@/form/nodeWidgets";
import type { JsonObject } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import classes from "@/pages/deployments/DeploymentFields.module.css";
import { type DeploymentForm, inputSchema, LATEST, PARAMS_SCHEMA, type Times } from "@/pages/deployments/form";

/** What stands for no mode: the server decides by the workflow. */
const BY_WORKFLOW = "workflow";

export const MODES = [
  { value: "live", label: "Live" },
  { value: "paper", label: "Paper: orders are simulated" },
  { value: "test", label: "Test: pinned data counts" },
] as const;

const OVERLAPS = [
  { value: "own", label: "As the trigger says" },
  { value: "queue", label: "Waits its turn" },
  { value: "skip", label: "Is skipped" },
];

interface Props {
  workflow: string;
  form: DeploymentForm;
  onChange: (changed: Partial<DeploymentForm>) => void;
  issues: readonly Issue[];
  /** Of a deployment that is there already. */
  isChange?: boolean;
}

export function DeploymentFields({ workflow, form, onChange, issues, isChange = false }: Props) {
  const versions = useInfiniteQuery(versionList(workflow));
  const definition = useQuery(definitionOf(workflow, form.version));
  const profiles = useQuery(profileNames);
  const schema = useMemo(() => inputSchema(definition.data?.graph), [definition.data]);
  const all = allItems(versions.data?.pages);
  const known = all.map(({ version, digest, note }) => ({ value: digest, label: `v${version}${note ? ` · ${note}` : ""}` }));
  const isKnown = form.version === LATEST || known.some(({ value }) => value === form.version);
  const choices = [
    { value: LATEST, label: "Follow the latest" },
    ...known,
    ...(isKnown ? [] : [{ value: form.version, label: form.version }]),
  ];
  const times = [
    ...(isChange ? [{ value: "keep", label: "As they are now" }] : []),
    { value: "own", label: "The workflow’s own" },
    { value: "every", label: "Every so many seconds" },
  ];
  return (
    <div className={classes.fields}>
      <div className={classes.pair}>
        <Select
          label="Version"
          data={choices}
          value={form.version}
          allowDeselect={false}
          onChange={(version) => version !== null && onChange({ version })}
        />
        <Select
          label="Mode"
          data={isChange ? [...MODES] : [{ value: BY_WORKFLOW, label: "On paper if it places orders, else live" }, ...MODES]}
          value={form.mode ?? BY_WORKFLOW}
          allowDeselect={false}
          onChange={(mode) =>
            mode !== null && onChange({ mode: mode === BY_WORKFLOW ? null : (mode as DeploymentMode) })
          }
        />
      </div>
      {profiles.data === undefined ? (
        <TagsInput label="Profiles" value={form.profiles} onChange={(value) => onChange({ profiles: value })} />
      ) : (
        <MultiSelect
          label="Profiles"
          description="The credentials that its nodes may use."
          placeholder={form.profiles.length === 0 ? "None" : ""}
          data={[...new Set([...profiles.data, ...form.profiles])]}
          value={form.profiles}
          onChange={(value) => onChange({ profiles: value })}
          searchable
        />
      )}
      {schema !== null && (
        <Group label="Inputs" error={null}>
          <SchemaForm
            schema={schema}
            value={form.input}
            onChange={(input) => onChange({ input })}
            issues={issues}
            path="input"
            widgets={NODE_WIDGETS}
          />
        </Group>
      )}
      <SchemaForm
        schema={PARAMS_SCHEMA}
        value={{ params: form.params }}
        onChange={({ params }) => onChange({ params: (params ?? {}) as JsonObject })}
        issues={issues}
      />
      <div className={classes.pair}>
        <Select
          label="Times"
          data={times}
          value={form.times}
          allowDeselect={false}
          onChange={(value) => value !== null && onChange({ times: value as Times })}
        />
        {form.times === "every" && (
          <NumberInput
            label="Seconds"
            min={1}
            value={form.seconds}
            onChange={(seconds) => onChange({ seconds: Number(seconds) || 1 })}
          />
        )}
      </div>
      <div className={classes.pair}>
        <NumberInput
          label="Runs at once"
          min={1}
          value={form.concurrency}
          onChange={(concurrency) => onChange({ concurrency: Number(concurrency) || 1 })}
        />
        <Select
          label="One that finds no room"
          data={OVERLAPS}
          value={form.overlap ?? "own"}
          allowDeselect={false}
          onChange={(value) => onChange({ overlap: value === "skip" || value === "queue" ? value : null })}
        />
      </div>
    </div>
  );
}
