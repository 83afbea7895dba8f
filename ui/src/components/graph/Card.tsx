// What every drawing of a node has: the tile with its sign, its names, and how it stands.
import { createElement, type ReactNode } from "react";
import classes from "@/components/graph/Card.module.css";
import type { Face } from "@/components/graph/faces";
import { NodeIcon } from "@/components/graph/NodeIcon";
import { lookOf } from "@/components/status";

interface HeadProps {
  type: string;
  category: string | undefined;
  title: ReactNode;
  line: string;
  isBad?: boolean;
  /** What stands at the end: marks, badges. */
  children?: ReactNode;
}

export function CardHead({ type, category, title, line, isBad = false, children }: HeadProps) {
  return (
    <div className={classes.head}>
      <span className={classes.sign} data-category={category ?? type.split(".")[0]}>
        <NodeIcon type={type} size={17} />
      </span>
      <span className={classes.words}>
        {title}
        <small data-bad={isBad || undefined} title={line}>
          {line}
        </small>
      </span>
      {children}
    </div>
  );
}

/** A sign in the colour of the status. With `isNamed` it says itself what it means. */
export function CardStatus({ face, isNamed = false }: { face: Face; isNamed?: boolean }) {
  const look = lookOf(face.status);
  const words = [look.label, face.line, face.isStale ? "before it was changed" : undefined].filter((one) => one && one !== "");
  const said = [...new Set(words)].join(", ");
  const named = isNamed ? ({ role: "img", "aria-label": said, title: said } as const) : {};
  return (
    <span
      className={classes.status}
      data-tone={look.tone}
      data-stale={face.isStale || undefined}
      data-turning={face.status === "running" || undefined}
      {...named}
    >
      {createElement(look.icon, { size: 18, "aria-hidden": true })}
    </span>
  );
}
