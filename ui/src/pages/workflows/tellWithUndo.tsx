// A notice of something that can be taken back.
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { tellProblem } from "@/components/notices";
import classes from "@/pages/workflows/tellWithUndo.module.css";

export function tellWithUndo(message: string, undo: () => Promise<void>): void {
  const id = `undo ${message} ${Date.now()}`;
  const takeBack = () => {
    notifications.hide(id);
    undo().catch(tellProblem);
  };
  notifications.show({
    id,
    color: "dye",
    autoClose: 8000,
    message: (
      <span className={classes.line}>
        {message}
        <Button variant="subtle" size="compact-sm" onClick={takeBack}>
          Undo
        </Button>
      </span>
    ),
  });
}
