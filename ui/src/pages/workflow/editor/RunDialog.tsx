// Run it now: with its inputs, for real or as a test, and what is published first where the draft has gone on.
import { SegmentedControl } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { keys } from "@/api/keys";
import { ApiProblem, type Issue } from "@/api/problem";
import { FormDialog } from "@/components/FormDialog";
import { SchemaForm } from "@/form/SchemaForm";
import type { JsonObject as FormValue } from "@/form/schema";
import { counted } from "@/format/number";
import { publish } from "@/pages/workflow/editor/publish";
import { defaultsOf, formOf, startRun } from "@/pages/workflow/editor/running";
import classes from "@/pages/workflow/editor/RunDialog.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { type Saver, useSaving } from "@/pages/workflow/store/saving";
import { setView } from "@/pages/workflow/store/viewStore";

const close = (): void => setView({ dialog: undefined });
const NONE: readonly Issue[] = [];

export function RunDialog({ name, saver }: { name: string; saver: Saver }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const workflow = useEditor((state) => state.workflow);
  const errors = useEditor((state) => state.issues.errors);
  const isEditing = useEditor((state) => state.mode === "edit");
  const { version, isDraft, state } = useSaving();
  const hasChanges = isEditing && (isDraft || state !== "saved");
  const [mode, setMode] = useState<"test" | "live">("test");
  const [input, setInput] = useState<FormValue>(() => ({ ...defaultsOf(workflow) }) as FormValue);
  const [issues, setIssues] = useState(NONE);
  const schema = useMemo(() => formOf(workflow), [workflow]);
  const hasInputs = Object.keys(workflow.inputs ?? {}).length > 0;
  const isBlocked = (hasChanges && errors > 0) || (version === null && !hasChanges);
  const submit = async (): Promise<void> => {
    setIssues(NONE);
    if (hasChanges) await publish(name, saver, "", client);
    try {
      const run = await startRun(name, input as never, mode);
      await client.invalidateQueries({ queryKey: keys.runs.all, refetchType: "none" });
      void navigate(`/w/${encodeURIComponent(name)}/runs/${encodeURIComponent(run)}`);
    } catch (thrown) {
      if (thrown instanceof ApiProblem) setIssues(thrown.issues);
      throw thrown;
    }
  };
  return (
    <FormDialog title="Run" submit={hasChanges ? "Publish and run" : "Run"} isReady={!isBlocked} onSubmit={submit} onClose={close} size="lg">
      <div className={classes.mode}>
        <SegmentedControl
          aria-label="How it runs"
          size="xs"
          value={mode}
          onChange={(value) => setMode(value === "live" ? "live" : "test")}
          data={[
            { value: "test", label: "As a test" },
            { value: "live", label: "For real" },
          ]}
        />
        <p>
          {mode === "test"
            ? "Pinned values stand in for their nodes; effects that are not pinned happen."
            : "Everything happens as it says."}
        </p>
      </div>
      {hasInputs ? (
        <SchemaForm schema={schema as never} value={input} onChange={setInput} issues={issues} path="input" />
      ) : (
        <p className={classes.said}>It asks for nothing.</p>
      )}
      <p className={classes.said} data-bad={isBlocked || undefined}>
        {hasChanges
          ? errors > 0
            ? `${counted(errors, "error")} must be corrected first: what runs is what is published.`
            : `Runs what is published: your changes become version ${(version ?? 0) + 1} first.`
          : version === null
            ? "It has not been published yet, so there is nothing to run."
            : `Runs version ${version}.`}
      </p>
    </FormDialog>
  );
}
