// Somebody else edits it: who, since when, and how to take over. What is done meanwhile on either side is not lost.
import { Button } from "@mantine/core";
import { Eye } from "lucide-react";
import { useState } from "react";
import type { WorkflowEditor } from "@/api/editing";
import { tellProblem } from "@/components/notices";
import { When } from "@/components/When";
import type { Presence } from "@/pages/workflow/presence/presence";
import { usePresence } from "@/pages/workflow/presence/presence";
import classes from "@/pages/workflow/presence/PresenceNotice.module.css";
import { useSaving } from "@/pages/workflow/store/saving";

export function PresenceNotice({ presence }: { presence: Presence }) {
  const { standing, editor, wasMine } = usePresence();
  const isOpen = useSaving((saving) => saving.state === "conflict");
  const [isTaking, setTaking] = useState(false);
  // What is not saved is asked about first: see `SavingNotice`.
  if (standing !== "other" || editor === undefined || isOpen) return null;
  const take = () => {
    setTaking(true);
    void presence
      .takeOver()
      .catch(tellProblem)
      .finally(() => setTaking(false));
  };
  return (
    <section className={classes.notice} aria-label="Who edits it">
      <Eye size={16} aria-hidden="true" />
      <p role="status">
        <b>{saidOf(editor, wasMine)}</b>{" "}
        {wasMine ? "All you did is saved; what they save appears here." : "What they save appears here."}
      </p>
      <small>
        began <When at={editor.since} />
      </small>
      <Button size="xs" variant="default" loading={isTaking} onClick={take}>
        {editor.is_you ? "Edit it here" : wasMine ? "Take it back" : "Take over"}
      </Button>
    </section>
  );
}

function saidOf({ name, is_you }: WorkflowEditor, wasMine: boolean): string {
  if (is_you) return wasMine ? "You went on in another window." : "You are editing this in another window.";
  return wasMine ? `${name} has taken over.` : `${name} is editing this workflow.`;
}
