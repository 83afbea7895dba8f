// What one has to know or choose about saving: somebody else was here, the server does not take it, it changes its form.
import { Button } from "@mantine/core";
import { useState } from "react";
import { ProblemNotice } from "@/components/ProblemNotice";
import { tellProblem } from "@/components/notices";
import classes from "@/pages/workflow/editor/SavingNotice.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { type Saver, useSaving } from "@/pages/workflow/store/saving";

export function SavingNotice({ saver, isConverted }: { saver: Saver; isConverted: boolean }) {
  const state = useSaving((saving) => saving.state);
  const problem = useSaving((saving) => saving.problem);
  const isEditing = useEditor((editor) => editor.mode === "edit");
  const hasChanged = useEditor((editor) => editor.changes > 0);
  const [isRead, setRead] = useState(false);
  if (state === "conflict") {
    return (
      <div className={classes.notice} role="alert">
        <p>
          <b>Somebody else has changed this workflow since you opened it.</b> Yours is kept in this browser; nothing has been
          overwritten.
        </p>
        <div className={classes.buttons}>
          <Button size="xs" variant="default" onClick={() => void saver.takeTheirs().catch(tellProblem)}>
            Show theirs, drop mine
          </Button>
          <Button size="xs" onClick={() => void saver.overwrite()}>
            Save mine over it
          </Button>
        </div>
      </div>
    );
  }
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
