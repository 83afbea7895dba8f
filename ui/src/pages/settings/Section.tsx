// A part of the settings with its heading, a line about it, and what can be made there.
import { type ReactNode, useId } from "react";
import classes from "@/pages/settings/Section.module.css";

interface Props {
  title: string;
  description?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}

export function Section({ title, description, action, children }: Props) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.head}>
        <div>
          <h2 id={id}>{title}</h2>
          {description && <p>{description}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}

/** Lines of things with a name, a few words, and what can be done with each. */
export function Lined({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={classes.lines} aria-label={label}>
      {children}
    </ul>
  );
}

interface LineProps {
  title: ReactNode;
  detail?: ReactNode;
  badge?: ReactNode;
  actions?: ReactNode;
  /** Opened below: a form, a result. */
  children?: ReactNode;
  isQuiet?: boolean;
}

export function Line({ title, detail, badge, actions, children, isQuiet = false }: LineProps) {
  return (
    <li data-quiet={isQuiet || undefined}>
      <div className={classes.line}>
        <div className={classes.words}>
          <div className={classes.title}>
            {title}
            {badge}
          </div>
          {detail && <div className={classes.detail}>{detail}</div>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </li>
  );
}
