// The kill switch of a deployment, turned on.
import { Checkbox, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { haltDeployment } from "@/api/deployments";
import { keys } from "@/api/keys";
import { FormDialog } from "@/components/FormDialog";

interface Props {
  name: string;
  /** What of it is open at the venue, in a sentence; where that is known. */
  open?: string;
  onClose: () => void;
}

export function HaltDialog({ name, open, onClose }: Props) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [closes, setCloses] = useState(true);
  const send = async () => {
    await haltDeployment(name, reason.trim(), closes);
    await client.invalidateQueries({ queryKey: keys.deployments.all });
  };
  return (
    <FormDialog
      title={`Halt the orders of ${name}`}
      submit="Halt"
      isReady={reason.trim() !== ""}
      isDangerous
      onSubmit={send}
      onClose={onClose}
    >
      <p>It sends no new orders until a person resets it. Its runs go on.</p>
      {open !== undefined && <p>{open}</p>}
      <TextInput
        label="Why"
        description="For whoever is to reset it."
        maxLength={500}
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Checkbox
        label="Cancel its orders and close its positions"
        description="At market, and it is looked whether nothing is left. Else what is open stays open."
        checked={closes}
        onChange={(event) => setCloses(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
