// Where there is nothing yet: why that is, and what to do next.
import type { ReactNode } from "react";
import classes from "@/components/EmptyState.module.css";

interface Props {
  title: string;
  children?: ReactNode;
  /** A button or a link. */
  action?: ReactNode;
  /** Inside a panel, without much room. */
  compact?: boolean;
}

export function EmptyState({ title, children, action, compact = false }: Props) {
  return (
    <div className={classes.empty} data-compact={compact || undefined}>
      {!compact && <Weave />}
      <p className={classes.title}>{title}</p>
      {children && <div className={classes.text}>{children}</div>}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}

/** A warp that waits for its weft. */
function Weave() {
  const warps = [14, 34, 54, 74, 94, 114];
  return (
    <svg className={classes.weave} width="128" height="72" viewBox="0 0 128 72" aria-hidden="true">
      {warps.map((x) => (
        <path key={x} d={`M${x} 4v64`} className={classes.warp} />
      ))}
      {warps.map((x, at) => (at % 2 === 0 ? <path key={x} d={`M${x - 10} 46h20`} className={classes.weft} /> : null))}
      <path d="M4 26h40" className={classes.weft} />
      <circle cx="46" cy="26" r="3.5" className={classes.end} />
    </svg>
  );
}
