// How a node of the run stands, on a line.
import { StatusBadge } from "@/components/StatusBadge";
import { Took } from "@/components/Took";
import { When } from "@/components/When";
import { counted } from "@/format/number";
import type { NodeState } from "@/record/history";
import classes from "@/pages/run/Panel.module.css";
import { spanText } from "@/record/timeline";

export function NodeStanding({ known }: { known: NodeState }) {
  return (
    <p className={classes.standing}>
      <StatusBadge status={known.status} />
      {known.endedAt !== null && known.tookMs !== null && <span>{spanText(known.tookMs)}</span>}
      {known.endedAt === null && known.startedAt !== null && <Took since={new Date(known.startedAt).toISOString()} />}
      {known.retries > 0 && <span>tried again {counted(known.retries, "time")}</span>}
      {known.retryAt !== null && (
        <span>
          tries again <When at={known.retryAt} />
        </span>
      )}
      {known.until !== null && (
        <span>
          until <When at={known.until} exact />
        </span>
      )}
      {known.message && <span>{known.message}</span>}
      {known.resolved !== null && <span>{RESOLVED[known.resolved] ?? known.resolved}</span>}
    </p>
  );
}

const RESOLVED: Readonly<Record<string, string>> = {
  done: "somebody said that it had happened",
  repeat: "somebody had it done again",
  failed: "somebody said that it had failed",
};
