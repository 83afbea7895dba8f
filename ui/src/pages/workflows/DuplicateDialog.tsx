// A copy of a workflow, as a draft of one's own.
import { useQueryClient } from "@tanstack/react-query";
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { keys } from "@/api/keys";
import { duplicateWorkflow } from "@/api/library";
import type { Workflow } from "@/api/workflows";
import { FormDialog } from "@/components/FormDialog";
import { nameTrouble } from "@/format/names";

export function DuplicateDialog({ workflow, onClose }: { workflow: Workflow; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(`${workflow.name}-copy`);
  const duplicate = async () => {
    await duplicateWorkflow(workflow.name, name);
    await client.invalidateQueries({ queryKey: keys.workflows.all });
    void navigate(`/w/${name}`);
  };
  return (
    <FormDialog
      title={`Duplicate ${workflow.title ?? workflow.name}`}
      submit="Duplicate"
      isReady={nameTrouble(name) === null}
      onSubmit={duplicate}
      onClose={onClose}
    >
      <TextInput
        label="Name of the copy"
        description="The copy is a draft, and yours."
        data-autofocus
        value={name}
        error={nameTrouble(name)}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
