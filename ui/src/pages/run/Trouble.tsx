// What something failed of, and what to do about it.
import { CircleX } from "lucide-react";
import type { ReactNode } from "react";
import type { FailureData } from "@/live/event";
import { remedyOf } from "@/pages/run/remedies";
import classes from "@/pages/run/Panel.module.css";

export function Trouble({ error, isHandled = false, children }: { error: FailureData; isHandled?: boolean; children?: ReactNode }) {
  return (
    <div className={classes.trouble} role="group" aria-label="Error">
      <CircleX size={17} aria-hidden="true" />
      <div>
        <pre>{error.message.trim()}</pre>
        <p>{isHandled ? "A handler took it: the run went on." : remedyOf(error)}</p>
        <p className={classes.code}>
          <code>{error.type}</code>
          {error.attempt ? ` · attempt ${error.attempt}` : ""}
        </p>
        {children && <div className={classes.buttons}>{children}</div>}
      </div>
    </div>
  );
}
