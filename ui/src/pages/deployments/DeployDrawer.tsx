// A workflow made to run by itself.
import { Button, Checkbox, Drawer, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { deploy } from "@/api/deployments";
import { keys } from "@/api/keys";
import { toProblem } from "@/api/problem";
import { workflowList } from "@/api/workflows";
import { deploymentAddress } from "@/pages/deployments/address";
import { isSettled } from "@/pages/deployments/confirmation";
import { DeploymentFields } from "@/pages/deployments/DeploymentFields";
import classes from "@/pages/deployments/Drawer.module.css";
import { newForm, toNew } from "@/pages/deployments/form";
import { Refused } from "@/pages/deployments/Refused";

export function DeployDrawer({ workflow: given, onClose }: { workflow: string; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const workflows = useQuery(workflowList({ limit: 200 }));
  const [workflow, setWorkflow] = useState<string | null>(given === "" ? null : given);
  const [form, setForm] = useState(newForm(given));
  const [confirmed, setConfirmed] = useState<string | null>(null);
  const sending = useMutation({
    mutationFn: (of: string) => deploy({ ...toNew(of, form), confirm: confirmed }),
    onSuccess: async ({ name }) => {
      await client.invalidateQueries({ queryKey: keys.deployments.all });
      await client.invalidateQueries({ queryKey: keys.workflows.all });
      void navigate(deploymentAddress(name));
    },
  });
  const published = (workflows.data?.items ?? []).filter((one) => typeof one.version === "number");
  const choose = (name: string | null) => {
    setWorkflow(name);
    if (name !== null) setForm({ ...newForm(name), mode: form.mode });
    sending.reset();
  };
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      classNames={{ title: classes.title ?? "" }}
      title="Deploy a workflow"
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (workflow !== null) sending.mutate(workflow);
        }}
      >
        <Select
          label="Workflow"
          description={published.length === 0 && workflows.data ? "None is published yet." : "Those that are published."}
          data={published.map(({ name, title }) => ({ value: name, label: title ?? name }))}
          value={workflow}
          onChange={choose}
          searchable
          allowDeselect={false}
          data-autofocus={given === "" || undefined}
        />
        {workflow !== null && (
          <>
            <TextInput
              label="Name"
              required
              data-autofocus={given !== "" || undefined}
              value={form.name}
              onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
            />
            <DeploymentFields
              workflow={workflow}
              form={form}
              onChange={(changed) => setForm((before) => ({ ...before, ...changed }))}
              issues={sending.error === null ? [] : toProblem(sending.error).issues}
            />
            <Checkbox
              label="Begin paused"
              checked={form.isPaused}
              onChange={(event) => setForm({ ...form, isPaused: event.currentTarget.checked })}
            />
          </>
        )}
        <Refused error={sending.error} confirmed={confirmed} onConfirm={setConfirmed} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            disabled={workflow === null || form.name === "" || !isSettled(sending.error, confirmed)}
            loading={sending.isPending}
          >
            Deploy
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
