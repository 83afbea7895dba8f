// A version with a note. What cannot run is not published: the dialog says what is wrong instead.
import { Button, Modal, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FormDialog } from "@/components/FormDialog";
import { tell } from "@/components/notices";
import { counted } from "@/format/number";
import { publish } from "@/pages/workflow/editor/publish";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { type Saver, useSaving } from "@/pages/workflow/store/saving";
import { setView } from "@/pages/workflow/store/viewStore";

const close = (): void => setView({ dialog: undefined });

export function PublishDialog({ name, saver }: { name: string; saver: Saver }) {
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const errors = useEditor((state) => state.issues.errors);
  const version = useSaving((saving) => saving.version);
  if (errors > 0) {
    return (
      <Modal opened title="It cannot be published yet" onClose={close}>
        <p>{counted(errors, "error")} would keep it from running. Each says what to do.</p>
        <Button
          onClick={() => {
            close();
            setView({ side: "problems" });
          }}
        >
          Show the problems
        </Button>
      </Modal>
    );
  }
  const submit = async (): Promise<void> => {
    const { version: made, was_latest: isSame } = await publish(name, saver, note.trim(), client);
    tell(isSame ? `Nothing has changed since version ${made}.` : `Version ${made} is published.`);
  };
  return (
    <FormDialog title="Publish" submit={`Publish version ${(version ?? 0) + 1}`} onSubmit={submit} onClose={close}>
      <p>It becomes the version that runs from now on. Deployments keep theirs until you change them.</p>
      <Textarea
        label="Note"
        description="What is new in it, or why. Not required."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-autofocus
      />
    </FormDialog>
  );
}
