// A part of a page with a heading of its own.
import { type ReactNode, useId } from "react";
import classes from "@/components/Panel.module.css";

interface Props {
  title: string;
  /** Beside the title: a count. */
  aside?: ReactNode;
  /** At the end of the line: a link, a button. */
  action?: ReactNode;
  /** The content reaches the edges: a list, a table. */
  flush?: boolean;
  children: ReactNode;
}

export function Panel({ title, aside, action, flush = false, children }: Props) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <div className={classes.head}>
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <span className={classes.aside}>{aside}</span>}
        {action && <div className={classes.action}>{action}</div>}
      </div>
      <div className={classes.body} data-flush={flush || undefined}>
        {children}
      </div>
    </section>
  );
}
