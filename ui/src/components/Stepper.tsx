// One of several, and the ones beside it: `Item 2 of 5`.
import { ActionIcon } from "@mantine/core";
import { ChevronLeft, ChevronRight } from "lucide-react";
import classes from "@/components/Stepper.module.css";

interface Props {
  /** `Item`, `Iteration`. */
  what: string;
  /** From 0. */
  at: number;
  count: number;
  onChange: (at: number) => void;
}

export function Stepper({ what, at, count, onChange }: Props) {
  if (count < 2) return null;
  return (
    <span className={classes.stepper} role="group" aria-label={`Which ${what.toLowerCase()}`}>
      <ActionIcon size={24} aria-label={`${what} before`} disabled={at === 0} onClick={() => onChange(at - 1)}>
        <ChevronLeft size={14} />
      </ActionIcon>
      {what} {at + 1} of {count}
      <ActionIcon size={24} aria-label={`Next ${what.toLowerCase()}`} disabled={at === count - 1} onClick={() => onChange(at + 1)}>
        <ChevronRight size={14} />
      </ActionIcon>
    </span>
  );
}
