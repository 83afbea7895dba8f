// Another deployment like one there is.
import { Checkbox, Select, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { cloneDeployment, type Deployment, type DeploymentMode } from "@/api/deployments";
import { keys } from "@/api/keys";
import { FormDialog } from "@/components/FormDialog";
import { deploymentAddress } from "@/pages/deployments/address";
import { isSettled } from "@/pages/deployments/confirmation";
import { MODES } from "@/pages/deployments/DeploymentFields";
import { Refused } from "@/pages/deployments/Refused";

export function CloneDialog({ deployment, onClose }: { deployment: Deployment; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(`${deployment.name}-b`);
  const [mode, setMode] = useState<DeploymentMode>(deployment.mode);
  const [isPaused, setPaused] = useState(true);
  const [error, setError] = useState<unknown>(null);
  const [confirmed, setConfirmed] = useState<string | null>(null);
  const send = async () => {
    setError(null);
    try {
      await cloneDeployment(deployment.name, { name, mode, paused: isPaused, confirm: confirmed });
    } catch (refused) {
      setError(refused);
      throw refused;
    }
    await client.invalidateQueries({ queryKey: keys.deployments.all });
    void navigate(deploymentAddress(name));
  };
  return (
    <FormDialog
      title={`Clone ${deployment.name}`}
      submit="Clone"
      isReady={name !== "" && isSettled(error, confirmed)}
      refused={<Refused error={error} confirmed={confirmed} onConfirm={setConfirmed} />}
      onSubmit={send}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="It runs the same workflow with the same inputs; its state is its own, and empty."
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label="Mode"
        data={[...MODES]}
        value={mode}
        allowDeselect={false}
        onChange={(value) => value !== null && setMode(value as DeploymentMode)}
      />
      <Checkbox
        label="Begin paused, to change it first"
        checked={isPaused}
        onChange={(event) => setPaused(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
