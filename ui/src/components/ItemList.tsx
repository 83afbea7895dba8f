// A short list in a panel: what it is, a line about it, and how it stands. The whole line leads to it.
import type { ReactNode } from "react";
import { Link } from "react-router";
import classes from "@/components/ItemList.module.css";

export function ItemList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={classes.list} aria-label={label}>
      {children}
    </ul>
  );
}

interface Props {
  to: string;
  title: ReactNode;
  detail?: ReactNode;
  /** At the end of the line. */
  aside?: ReactNode;
  badge?: ReactNode;
}

export function Item({ to, title, detail, aside, badge }: Props) {
  return (
    <li className={classes.item}>
      <div className={classes.words}>
        <Link to={to} className={classes.title}>
          {title}
        </Link>
        {detail && <div className={classes.detail}>{detail}</div>}
      </div>
      {aside && <div className={classes.aside}>{aside}</div>}
      {badge}
    </li>
  );
}
