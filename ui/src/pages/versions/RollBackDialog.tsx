// An earlier version made the latest again: what takes it up is named before.
import { Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { deploymentList } from "@/api/deployments";
import { keys } from "@/api/keys";
import { rollBack, type WorkflowVersion } from "@/api/versions";
import { FormDialog } from "@/components/FormDialog";
import { Loaded } from "@/components/Loaded";
import { tell } from "@/components/notices";
import { followersOf } from "@/pages/versions/versions";

export function RollBackDialog({ version, onClose }: { version: WorkflowVersion; onClose: () => void }) {
  const { workflow, version: number } = version;
  const client = useQueryClient();
  const deployments = useQuery(deploymentList({ workflow, limit: 200 }));
  const [note, setNote] = useState("");
  const send = async () => {
    await rollBack(workflow, String(number), note.trim());
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.workflows.all }),
      client.invalidateQueries({ queryKey: keys.deployments.all }),
    ]);
    tell(`Version ${number} is the latest again.`);
  };
  return (
    <FormDialog
      title={`Roll back to version ${number}`}
      submit="Roll back"
      isReady={deployments.data !== undefined}
      onSubmit={send}
      onClose={onClose}
    >
      <Loaded query={deployments} lines={2}>
        {({ items }) => <Consequence followers={followersOf(items).map(({ name }) => name)} number={number} />}
      </Loaded>
      <Textarea
        label="Note"
        description="Why: it is kept in the history; the version keeps the note it was published with."
        autosize
        minRows={2}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function Consequence({ followers, number }: { followers: readonly string[]; number: number }) {
  const rest = "Runs under way and waiting finish as they began. The draft stays as it is.";
  if (followers.length === 0) return <p>No deployment follows the latest version: none changes. {rest}</p>;
  return (
    <p>
      {followers.length === 1 ? "This deployment follows" : "These deployments follow"} the latest version and{" "}
      {followers.length === 1 ? "takes" : "take"} up version {number} with the next run:{" "}
      <strong>{followers.join(", ")}</strong>. {rest}
    </p>
  );
}
