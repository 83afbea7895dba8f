// A few fields and a button: what was refused stands above the button, and nothing that was written is lost.
import { Button, Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemNotice } from "@/components/ProblemNotice";
import classes from "@/components/FormDialog.module.css";

interface Props {
  title: string;
  submit: string;
  /** Closes by itself when it has gone well. */
  onSubmit: () => Promise<void>;
  onClose: () => void;
  isReady?: boolean;
  isDangerous?: boolean;
  size?: string;
  /** What is shown of what was refused, where that is more than a notice. */
  refused?: ReactNode;
  children?: ReactNode;
}

export function FormDialog(props: Props) {
  const { title, submit, onSubmit, onClose, isReady = true, isDangerous = false, size = "md", refused, children } = props;
  const sending = useMutation({ mutationFn: onSubmit, onSuccess: onClose });
  return (
    <Modal opened title={title} onClose={onClose} size={size}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) sending.mutate();
        }}
      >
        {children}
        {sending.error !== null && (refused ?? <ProblemNotice error={sending.error} />)}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isReady} loading={sending.isPending} {...(isDangerous ? { color: "red" } : {})}>
            {submit}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
