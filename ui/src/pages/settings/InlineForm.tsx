// A form in its place: what was refused stands above its buttons, and nothing that was written is lost.
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemNotice } from "@/components/ProblemNotice";
import classes from "@/pages/settings/InlineForm.module.css";

interface Props {
  label: string;
  submit: string;
  onSubmit: () => Promise<unknown>;
  onClose?: () => void;
  isReady?: boolean;
  /** Within a line of a list, without a frame of its own. */
  isWithin?: boolean;
  children: ReactNode;
}

export function InlineForm({ label, submit, onSubmit, onClose, isReady = true, isWithin = false, children }: Props) {
  const sending = useMutation({ mutationFn: onSubmit });
  return (
    <form
      className={classes.form}
      data-within={isWithin || undefined}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) sending.mutate();
      }}
    >
      {children}
      {sending.error !== null && <ProblemNotice error={sending.error} />}
      <div className={classes.buttons}>
        <Button type="submit" disabled={!isReady} loading={sending.isPending}>
          {submit}
        </Button>
        {onClose && (
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  );
}

/** Fields beside each other where there is room. */
export function Beside({ children }: { children: ReactNode }) {
  return <div className={classes.beside}>{children}</div>;
}
