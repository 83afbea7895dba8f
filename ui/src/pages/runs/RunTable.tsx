// Runs as rows: what ran, how it goes, why it failed.
import { Link } from "react-router";
import type { RunSummary } from "@/api/runs";
import { type Column, DataTable } from "@/components/DataTable";
import { RunVersion } from "@/components/RunVersion";
import { StatusBadge } from "@/components/StatusBadge";
import { lookOf } from "@/components/status";
import { Took } from "@/components/Took";
import { When } from "@/components/When";
import { oneLine } from "@/format/text";
import classes from "@/pages/runs/RunTable.module.css";

export function runAddress(run: Pick<RunSummary, "id" | "workflow">): string {
  return `/w/${encodeURIComponent(run.workflow)}/runs/${encodeURIComponent(run.id)}`;
}

const COLUMNS: readonly Column<RunSummary>[] = [
  {
    id: "run",
    title: "Run",
    grow: true,
    cell: (run) => (
      <>
        <Link to={runAddress(run)} className={classes.run}>
          {run.workflow}
        </Link>
        <span className={classes.id}>{run.id}</span>
        {run.error && (
          <span className={classes.error} title={run.error.message}>
            {oneLine(run.error.message)}
          </span>
        )}
      </>
    ),
  },
  { id: "status", title: "Status", cell: (run) => <StatusBadge status={run.status} /> },
  { id: "by", title: "Started by", secondary: 2, cell: (run) => <StartedBy run={run} /> },
  { id: "version", title: "Version", secondary: 1, cell: (run) => <RunVersion run={run} /> },
  { id: "at", title: "Started", align: "end", cell: (run) => <When at={run.created_at} /> },
  {
    id: "took",
    title: "Took",
    align: "end",
    cell: (run) => <Took ms={run.duration_ms} since={run.status === "queued" ? null : run.created_at} />,
  },
];

function StartedBy({ run }: { run: RunSummary }) {
  if (run.deployment) return <span className={classes.by}>{run.deployment}</span>;
  if (run.forked_from) return <span className={classes.by}>a fork</span>;
  if (run.parent) return <span className={classes.by}>a run</span>;
  return <span className={classes.by}>{run.mode === "test" ? "a test" : "hand"}</span>;
}

interface Props {
  runs: readonly RunSummary[];
  isLoading?: boolean;
  onMore?: (() => void) | null;
  isLoadingMore?: boolean;
}

export function RunTable({ runs, ...rest }: Props) {
  return (
    <DataTable
      label="Runs"
      columns={COLUMNS}
      rows={runs}
      keyOf={(run) => run.id}
      toneOf={(run) => lookOf(run.status).tone}
      {...rest}
    />
  );
}
