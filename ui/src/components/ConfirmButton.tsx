// Something that cannot be taken back: asked once more in its place, without a dialog.
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Allowed } from "@/components/Allowed";
import classes from "@/components/ConfirmButton.module.css";
import { tellProblem } from "@/components/notices";

/** The button that was pressed is gone: the harmless one has the keyboard. Not the red one, which Enter would press. */
function takeFocus(button: HTMLButtonElement | null): void {
  button?.focus();
}

interface Props {
  /** What stands on the button. */
  children: string;
  /** Of which thing, for who cannot see the row. */
  of?: string;
  /** What happens then: `It cannot be used any more.` */
  question: ReactNode;
  /** Of the button that does it. */
  confirm?: string;
  onConfirm: () => Promise<unknown>;
  /** Instead of a notice in the corner. */
  onProblem?: (error: unknown) => void;
  /** Why it cannot be done; it stays to be read. */
  refusal?: string | null;
}

export function ConfirmButton({ children, of, question, confirm = children, onConfirm, onProblem, refusal = null }: Props) {
  const [isAsked, setAsked] = useState(false);
  const doing = useMutation({
    mutationFn: onConfirm,
    onSuccess: () => setAsked(false),
    onError: (error) => {
      setAsked(false);
      (onProblem ?? tellProblem)(error);
    },
  });
  if (!isAsked) {
    return (
      <Allowed refusal={refusal}>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          {...(of === undefined ? {} : { "aria-label": `${children} ${of}` })}
          onClick={() => setAsked(true)}
        >
          {children}
        </Button>
      </Allowed>
    );
  }
  return (
    <span className={classes.asked} role="group" aria-label={of === undefined ? children : `${children} ${of}`}>
      <span className={classes.question}>{question}</span>
      <Button size="xs" variant="default" onClick={() => setAsked(false)} disabled={doing.isPending} ref={takeFocus}>
        Keep
      </Button>
      <Button size="xs" color="red" onClick={() => doing.mutate()} loading={doing.isPending}>
        {confirm}
      </Button>
    </span>
  );
}
