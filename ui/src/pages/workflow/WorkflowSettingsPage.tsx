// What is set about a workflow beside what it does: who has it, its tags, and the ways to put it away.
import { Button, TagsInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { keys } from "@/api/keys";
import { deleteWorkflow, setTags, tagList, workflowOne } from "@/api/library";
import { useLeave } from "@/api/levels";
import type { Workflow } from "@/api/workflows";
import { FormDialog } from "@/components/FormDialog";
import { Loaded } from "@/components/Loaded";
import { tell, tellProblem } from "@/components/notices";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { SharingPanel } from "@/components/SharingPanel";
import { counted } from "@/format/number";
import { WorkflowHeader } from "@/pages/workflow/WorkflowHeader";
import classes from "@/pages/workflow/WorkflowSettingsPage.module.css";

export default function WorkflowSettingsPage() {
  const { name = "" } = useParams();
  const workflow = useQuery(workflowOne(name));
  const edit = useLeave(name, "edit");
  const own = useLeave(name, "own");
  return (
    <Page>
      <WorkflowHeader name={name} tab="settings" part="Settings" />
      <Loaded query={workflow}>
        {(data) => (
          <div className={classes.parts}>
            <Panel title="Who has it">
              <SharingPanel workflow={name} />
            </Panel>
            <Panel title="Tags">
              <Tags workflow={data} mayEdit={edit.isOffered && edit.refusal === null} />
            </Panel>
            {own.isOffered && (
              <Panel title="Put it away">
                <PutAway workflow={data} refusal={own.refusal} />
              </Panel>
            )}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Tags({ workflow, mayEdit }: { workflow: Workflow; mayEdit: boolean }) {
  const client = useQueryClient();
  const known = useQuery(tagList);
  const own = workflow.tags.filter((tag) => !workflow.given_tags.includes(tag));
  const saving = useMutation({
    mutationFn: (tags: string[]) => setTags(workflow.name, tags),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.workflows.all }),
    onError: tellProblem,
  });
  const given = saving.isPending ? saving.variables : workflow.given_tags;
  return (
    <div className={classes.tags}>
      {mayEdit ? (
        <TagsInput
          label="Given here"
          description="To find it by; they change no version."
          placeholder={given.length === 0 ? "sales, nightly…" : ""}
          data={(known.data?.items ?? []).map(({ tag }) => tag)}
          value={[...given]}
          onChange={(tags) => saving.mutate(tags)}
        />
      ) : (
        <p>{given.length === 0 ? "None were given here." : given.map((tag) => `#${tag}`).join(" ")}</p>
      )}
      {own.length > 0 && <p>In its file: {own.map((tag) => `#${tag}`).join(" ")}</p>}
    </div>
  );
}

function PutAway({ workflow, refusal }: { workflow: Workflow; refusal: string | null }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const title = workflow.title ?? workflow.name;
  const running = (workflow.deployments ?? []).filter((one) => one.status !== "stopped");
  const send = async () => {
    await deleteWorkflow(workflow.name);
    await navigate("/workflows?in=bin");
    await client.invalidateQueries({ queryKey: keys.workflows.all });
    tell(`${title} is in the bin.`);
  };
  return (
    <div className={classes.away}>
      <p>
        {refusal !== null
          ? refusal
          : running.length === 0
            ? "Its versions and runs stay, and it can be restored from the bin."
          : `Stop ${counted(running.length, "deployment")} of it before: ${running.map(({ name }) => name).join(", ")}.`}
      </p>
      <Button color="red" variant="light" disabled={running.length > 0 || refusal !== null} onClick={() => setAsking(true)}>
        Move to bin
      </Button>
      {isAsking && (
        <FormDialog title={`Move ${title} to the bin`} submit="Move to bin" isDangerous onSubmit={send} onClose={() => setAsking(false)}>
          <p>Nobody can run it there. It can be restored from the bin, with its versions and runs.</p>
        </FormDialog>
      )}
    </div>
  );
}
