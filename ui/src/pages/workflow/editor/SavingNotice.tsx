// What one has to know or choose about saving: somebody else was here, the server does not take it, it changes its form.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { keys } from "@/api/keys";
import { ProblemNotice } from "@/components/ProblemNotice";
import { tell, tellProblem } from "@/components/notices";
import { serialise } from "@/model/document";
import { saveCopy } from "@/pages/workflow/editor/copy";
import classes from "@/pages/workflow/editor/SavingNotice.module.css";
import { type Presence, usePresence } from "@/pages/workflow/presence/presence";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { type Saver, useSaving } from "@/pages/workflow/store/saving";

interface Props {
  saver: Saver;
  presence: Presence;
  isConverted: boolean;
}

export function SavingNotice({ saver, presence, isConverted }: Props) {
  const state = useSaving((saving) => saving.state);
  const problem = useSaving((saving) => saving.problem);
  const isEditing = useEditor((editor) => editor.mode === "edit");
  const hasChanged = useEditor((editor) => editor.changes > 0);
  const [isRead, setRead] = useState(false);
  if (state === "conflict") return <Conflict saver={saver} presence={presence} />;
  if (state === "refused" && problem !== undefined) {
    return (
      <div className={classes.problem}>
        <ProblemNotice error={problem} onRetry={() => void saver.flush()} />
      </div>
    );
  }
  if (isConverted && isEditing && !hasChanged && !isRead) {
    return (
      <div className={classes.notice} data-calm>
        <p>It was written as steps and is drawn as nodes. Your first change saves it as nodes; it runs the same.</p>
        <Button size="xs" variant="default" onClick={() => setRead(true)}>
          Understood
        </Button>
      </div>
    );
  }
  return null;
}

/** Two drafts, of which one is to stay, or both. Nothing is lost before somebody has chosen. */
function Conflict({ saver, presence }: { saver: Saver; presence: Presence }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { standing, editor } = usePresence();
  const isTaken = standing === "other" && editor !== undefined;
  const choice = useMutation({ mutationFn: (choose: () => Promise<unknown>) => choose(), onError: tellProblem });
  const keepBoth = async (): Promise<void> => {
    const copy = await saveCopy(serialise(useEditor.getState().workflow), saver.name);
    await saver.takeTheirs();
    await client.invalidateQueries({ queryKey: keys.workflows.all, refetchType: "none" });
    tell("Yours is a workflow of its own now; the other one is as they have it.");
    await navigate(`/w/${encodeURIComponent(copy)}`);
  };
  const overwrite = async (): Promise<void> => {
    if (isTaken) await presence.takeOver();
    await saver.overwrite();
  };
  return (
    <div className={classes.notice} role="alert">
      <p>
        {isTaken ? (
          <>
            <b>{editor.is_you ? "You went on in another window" : `${editor.name} has taken over`} before your last changes were saved.</b>{" "}
            They are kept in this browser; nothing has been overwritten.
          </>
        ) : (
          <>
            <b>Somebody else has changed this workflow since you opened it.</b> Yours is kept in this browser; nothing has been
            overwritten.
          </>
        )}
      </p>
      <div className={classes.buttons}>
        <Button size="xs" variant="default" disabled={choice.isPending} onClick={() => choice.mutate(() => saver.takeTheirs())}>
          Show theirs, drop mine
        </Button>
        <Button size="xs" variant="default" disabled={choice.isPending} onClick={() => choice.mutate(keepBoth)}>
          Save mine as a copy
        </Button>
        <Button size="xs" disabled={choice.isPending} onClick={() => choice.mutate(overwrite)}>
          {isTaken ? "Take over and save mine" : "Save mine over it"}
        </Button>
      </div>
    </div>
  );
}
