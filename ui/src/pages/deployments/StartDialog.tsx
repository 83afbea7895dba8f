// Starting what places real orders: what is at stake is agreed to first.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { startDeployment } from "@/api/deployments";
import { keys } from "@/api/keys";
import { FormDialog } from "@/components/FormDialog";
import type { Asked } from "@/pages/deployments/confirmation";
import { AtStake } from "@/pages/deployments/Refused";

export function StartDialog({ name, asked, onClose }: { name: string; asked: Asked; onClose: () => void }) {
  const client = useQueryClient();
  const [confirmed, setConfirmed] = useState<string | null>(null);
  const send = async () => {
    await startDeployment(name, asked.text);
    await client.invalidateQueries({ queryKey: keys.deployments.all });
  };
  return (
    <FormDialog title={`Start ${name}`} submit="Start" isReady={confirmed === asked.text} onSubmit={send} onClose={onClose}>
      <AtStake asked={asked} isConfirmed={confirmed === asked.text} onConfirm={setConfirmed} />
    </FormDialog>
  );
}
