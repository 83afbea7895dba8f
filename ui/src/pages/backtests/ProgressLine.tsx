// How far a backtest has come: a bar and a figure.
import { Progress } from "@mantine/core";
import type { Summary } from "@/api/backtestTypes";
import { lookOf } from "@/components/status";
import classes from "@/pages/backtests/ProgressLine.module.css";
import { nameOf, percentDone } from "@/pages/backtests/words";

export function ProgressLine({ of, isLarge = false }: { of: Pick<Summary, "progress" | "state" | "title" | "workflow">; isLarge?: boolean }) {
  const done = percentDone(of);
  return (
    <span className={classes.line} data-large={isLarge || undefined}>
      <Progress.Root size={isLarge ? "md" : "sm"} className={classes.bar ?? ""} color="dye">
        <Progress.Section value={done} aria-label={`Progress of ${nameOf(of)}`} />
      </Progress.Root>
      <span className={classes.said}>{of.state === "queued" ? lookOf("queued").label : `${done}%`}</span>
    </span>
  );
}
