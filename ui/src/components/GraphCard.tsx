// Something that has a graph, as a card: its drawing, its name, to which the whole card leads, and what is said of it.
import { Skeleton } from "@mantine/core";
import type { ReactNode, Ref } from "react";
import { Link } from "react-router";
import classes from "@/components/GraphCard.module.css";

interface Props {
  title: string;
  /** Where the card leads. */
  to: string;
  picture: ReactNode;
  pictureRef?: Ref<HTMLDivElement>;
  /** Upon the drawing: a status. */
  badge?: ReactNode;
  /** Beside the title. */
  aside?: ReactNode;
  /** At the end of the title's line. */
  menu?: ReactNode;
  children?: ReactNode;
  /** A line of small facts below. */
  foot?: ReactNode;
  /** A line of buttons below. */
  actions?: ReactNode;
}

export function GraphCard({ title, to, picture, pictureRef, badge, aside, menu, children, foot, actions }: Props) {
  return (
    <li className={classes.card}>
      <div className={classes.picture} ref={pictureRef}>
        {picture}
        {badge && <span className={classes.badge}>{badge}</span>}
      </div>
      <div className={classes.words}>
        <div className={classes.head}>
          <h2>
            <Link to={to} className={classes.title} title={title}>
              {title}
            </Link>
            {aside}
          </h2>
          {menu && <div className={classes.menu}>{menu}</div>}
        </div>
        {children}
      </div>
      {foot && <div className={classes.foot}>{foot}</div>}
      {actions && <div className={classes.actions}>{actions}</div>}
    </li>
  );
}

/** Of the same height in each card, however short. */
export function CardText({ lines, children }: { lines: 2 | 3; children: ReactNode }) {
  return (
    <p className={classes.text} data-lines={lines}>
      {children}
    </p>
  );
}

export function CardGrid({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={classes.cards} aria-label={label}>
      {children}
    </ul>
  );
}

/** What stands in for them until they are there. */
export function LoadingCards({ count = 6, height }: { count?: number; height: number }) {
  return (
    <div className={classes.cards} role="status" aria-label="Loading">
      {Array.from({ length: count }, (_, at) => (
        <Skeleton key={at} height={height} radius={12} />
      ))}
    </div>
  );
}
