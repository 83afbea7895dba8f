// A button as it is, or, with a reason against it, still there to be read and without effect.
import { Tooltip } from "@mantine/core";
import { cloneElement, type MouseEvent, type ReactElement } from "react";

interface Props {
  /** Null: nothing speaks against it. */
  refusal: string | null;
  children: ReactElement<Record<string, unknown>>;
}

export function Allowed({ refusal, children }: Props) {
  if (refusal === null) return children;
  return (
    <Tooltip label={refusal} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      {cloneElement(children, {
        "data-disabled": true,
        "aria-disabled": true,
        "aria-description": refusal,
        onClick: (event: MouseEvent) => event.preventDefault(),
      })}
    </Tooltip>
  );
}
