// Alt+X: the selected nodes become a workflow of their own, which is called in their place. Beside the canvas, so that one
// sees which nodes they are.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { createPublished } from "@/api/drafts";
import { keys } from "@/api/keys";
import { isNamed, NameFields, namingOf } from "@/components/NameFields";
import { ProblemNotice } from "@/components/ProblemNotice";
import { counted } from "@/format/number";
import { serialise } from "@/model/document";
import { extractWorkflow } from "@/model/operations/extract";
import { edited } from "@/model/operations/edit";
import { attempt, plain } from "@/pages/workflow/canvas/attempt";
import classes from "@/pages/workflow/canvas/ExtractPanel.module.css";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

export function ExtractPanel() {
  const isOpen = useView((view) => view.isExtracting);
  return isOpen ? <Open /> : null;
}

/** Only to see what it would take and give. */
const SOME_NAME = "extracted";

function Open() {
  const client = useQueryClient();
  const workflow = useEditor((state) => state.workflow);
  const catalogue = useEditor((state) => state.catalogue);
  const selection = useEditor((state) => state.selection);
  const [naming, setNaming] = useState(() => namingOf(""));
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const name = isNamed(naming) ? naming.name : SOME_NAME;
  const result = extractWorkflow(workflow, catalogue, selection, { name, ...(naming.title === "" ? {} : { title: naming.title }) });
  const close = (): void => {
    setView({ isExtracting: false });
    focusCanvas();
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!result.ok || !isNamed(naming) || isBusy) return;
    const { extracted, edit } = result.value;
    setBusy(true);
    setProblem(null);
    try {
      await createPublished(serialise(extracted), `Taken out of ${workflow.name}`);
      void client.invalidateQueries({ queryKey: keys.workflows.all, refetchType: "none" });
      const { label, workflow: after, ...more } = edit;
      // What somebody has done meanwhile would be lost: then the nodes stay, and it can be called by hand.
      const notes = [`${naming.name} is a workflow of its own now. A double click on the node opens it.`];
      attempt((now) => (now === workflow ? edited(after, label, { ...more, notes }) : edited(now, label)));
      close();
    } catch (thrown) {
      setProblem(thrown);
      setBusy(false);
    }
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={classes.panel}
      role="dialog"
      aria-label="Extract to a workflow"
      ref={focusFirst}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") close();
      }}
    >
      <form className={classes.fields} onSubmit={(event) => void submit(event)}>
        <h2>Extract {counted(selection.length, "node")} to a workflow</h2>
        {result.ok ? (
          <>
            <div className={classes.fields}>
              <NameFields naming={naming} onChange={setNaming} />
            </div>
            <p className={classes.said}>{said(result.value.extracted)}</p>
          </>
        ) : (
          <p className={classes.refused} role="alert">
            <b>{plain(result.reason)}</b>
            {result.remedy !== undefined && <span>{plain(result.remedy)}</span>}
          </p>
        )}
        {problem !== null && <ProblemNotice error={problem} />}
        <div className={classes.end}>
          <Button size="xs" variant="default" onClick={close}>
            {result.ok ? "Cancel" : "Close"}
          </Button>
          {result.ok && (
            <Button size="xs" type="submit" disabled={!isNamed(naming)} loading={isBusy}>
              Extract
            </Button>
          )}
        </div>
      </form>
    </div>
  );
}

function focusFirst(element: HTMLElement | null): void {
  element?.querySelector<HTMLElement>("input, button")?.focus({ preventScroll: true });
}

function said({ inputs = {}, outputs }: { readonly inputs?: Readonly<Record<string, unknown>>; readonly outputs?: unknown }): string {
  const takes = Object.keys(inputs);
  const gives = typeof outputs === "object" && outputs !== null && !Array.isArray(outputs) ? Object.keys(outputs) : [];
  const taken = takes.length === 0 ? "It asks for nothing" : `It asks for ${takes.join(", ")}`;
  const given = outputs === undefined ? "gives nothing back" : gives.length === 0 ? "gives one value back" : `gives ${gives.join(", ")} back`;
  return `${taken} and ${given}. It is published at once, for this one to call it.`;
}
