// The top of every page: what it is, a line about it, and what can be done.
import type { ReactNode } from "react";
import classes from "@/components/PageHeader.module.css";

interface Props {
  title: string;
  /** In the tab, if not the title. */
  documentTitle?: string;
  /** A few words beside the title: a status, a version. */
  badge?: ReactNode;
  description?: ReactNode;
  /** Buttons; the one that matters most comes last and is filled. */
  actions?: ReactNode;
  /** Filters or tabs, below. */
  children?: ReactNode;
}

export function PageHeader({ title, documentTitle, badge, description, actions, children }: Props) {
  return (
    <header className={classes.header}>
      <title>{`${documentTitle ?? title} · Treadle`}</title>
      <div className={classes.line}>
        <div className={classes.words}>
          <h1>
            {title}
            {badge}
          </h1>
          {description && <p>{description}</p>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </header>
  );
}
