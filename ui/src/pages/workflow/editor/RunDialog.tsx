// What has to be said before it runs: its inputs, and for real, what is published first.
import { Textarea } from "@mantine/core";
import { useMemo, useState } from "react";
import { ApiProblem, type Issue } from "@/api/problem";
import { FormDialog } from "@/components/FormDialog";
import { SchemaForm } from "@/form/SchemaForm";
import type { JsonObject as FormValue } from "@/form/schema";
import { counted } from "@/format/number";
import { asksNothing, defaultsOf, formOf } from "@/pages/workflow/editor/running";
import classes from "@/pages/workflow/editor/RunDialog.module.css";
import { hasChanges, useRun } from "@/pages/workflow/editor/useRun";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { type Saver, useSaving } from "@/pages/workflow/store/saving";
import { setView } from "@/pages/workflow/store/viewStore";

const close = (): void => setView({ dialog: undefined });
const NONE: readonly Issue[] = [];

export function RunDialog({ name, saver, mode, isDebug = false }: { name: string; saver: Saver; mode: "live" | "test"; isDebug?: boolean }) {
  const { start } = useRun(name, saver);
  const workflow = useEditor((state) => state.workflow);
  const errors = useEditor((state) => state.issues.errors);
  const version = useSaving((saving) => saving.version);
  // As it was opened: what it publishes on the way is no reason to say something else.
  const [isChanged] = useState(hasChanges);
  const [input, setInput] = useState<FormValue>(() => ({ ...defaultsOf(workflow) }) as FormValue);
  const [note, setNote] = useState("");
  const [issues, setIssues] = useState(NONE);
  const schema = useMemo(() => formOf(workflow), [workflow]);
  const isLive = mode === "live";
  const isBlocked = isChanged && errors > 0;
  const submit = async (): Promise<void> => {
    setIssues(NONE);
    try {
      await start(mode, input as never, note.trim(), isDebug);
    } catch (thrown) {
      if (thrown instanceof ApiProblem) setIssues(thrown.issues);
      throw thrown;
    }
  };
  return (
    <FormDialog
      title={isLive ? "Run for real" : isDebug ? "Debug" : "Run as a test"}
      submit={isLive && isChanged ? "Publish and run" : isDebug ? "Debug" : "Run"}
      isReady={!isBlocked}
      onSubmit={submit}
      onClose={close}
      size="lg"
    >
      {!asksNothing(workflow) && (
        <div ref={beginHere}>
          <SchemaForm schema={schema as never} value={input} onChange={setInput} issues={issues} path="input" />
        </div>
      )}
      {isLive && isChanged && (
        <Textarea
          label="Note"
          description="What is new in the version that this publishes, or why. Not required."
          autosize
          minRows={2}
          maxRows={6}
          data-autofocus={asksNothing(workflow) || undefined}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      )}
      <p className={classes.said} data-bad={isBlocked || undefined}>
        {isBlocked ? `${counted(errors, "error")} must be corrected first.` : saidOf(isLive, isChanged, version)}
      </p>
    </FormDialog>
  );
}

/** The dialog is opened to write into its first field. */
function beginHere(form: HTMLDivElement | null): void {
  form?.querySelector("input, textarea")?.setAttribute("data-autofocus", "true");
}

function saidOf(isLive: boolean, isChanged: boolean, version: number | null): string {
  if (!isLive) {
    const what = isChanged ? "Your draft runs as it is; nothing is published." : `Version ${version} runs.`;
    return `${what} Pinned values stand in for their nodes; effects that are not pinned happen.`;
  }
  const what = isChanged ? `Your changes become version ${(version ?? 0) + 1} first.` : `Version ${version} runs.`;
  return `${what} Everything happens as it says.`;
}
