// What was published of a workflow: who did, why, what follows it, what changed, and the way back.
import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { workflowOne } from "@/api/library";
import { type Leave, useLeave } from "@/api/levels";
import { allItems } from "@/api/paging";
import { versionList, type WorkflowVersion } from "@/api/versions";
import { Allowed } from "@/components/Allowed";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { ProblemNotice } from "@/components/ProblemNotice";
import { When } from "@/components/When";
import { RollBackDialog } from "@/pages/versions/RollBackDialog";
import { diffAddress, unfinishedWords } from "@/pages/versions/versions";
import classes from "@/pages/versions/VersionsPage.module.css";
import { WorkflowHeader } from "@/pages/workflow/WorkflowHeader";

interface Row {
  version: WorkflowVersion;
  /** The one it came after. */
  before: number | null;
  leave: Leave;
  onRollBack: (version: WorkflowVersion) => void;
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: "version",
    title: "Version",
    cell: ({ version }) => (
      <span className={classes.version}>
        <strong>v{version.version}</strong>
        {version.is_latest && <span className={classes.latest}>Latest</span>}
        <code>{version.digest}</code>
      </span>
    ),
  },
  {
    id: "note",
    title: "Note",
    grow: true,
    cell: ({ version }) => version.note ?? <span className={classes.faint}>No note</span>,
  },
  {
    id: "used",
    title: "Used by",
    secondary: 2,
    cell: ({ version }) => (
      <span className={classes.used}>
        {(version.deployments ?? []).map((name) => (
          <Link key={name} to={`/deployments/${encodeURIComponent(name)}`}>
            {name}
          </Link>
        ))}
        <span className={classes.faint}>{unfinishedWords(version.runs)}</span>
      </span>
    ),
  },
  { id: "author", title: "By", secondary: 1, cell: ({ version }) => version.author ?? "" },
  { id: "at", title: "Published", align: "end", cell: ({ version }) => <When at={version.created_at} /> },
  { id: "actions", title: "Actions", align: "end", cell: (row) => <Actions {...row} /> },
];

function Actions({ version, before, leave, onRollBack }: Row) {
  return (
    <span className={classes.actions}>
      {before !== null && (
        <Button
          component={Link}
          to={diffAddress(version.workflow, before, version.version)}
          variant="default"
          size="xs"
          aria-label={`Changes of version ${version.version}`}
        >
          Changes
        </Button>
      )}
      {leave.isOffered && !version.is_latest && (
        <Allowed refusal={leave.refusal}>
          <Button
            variant="default"
            size="xs"
            aria-label={`Roll back to version ${version.version}`}
            onClick={() => onRollBack(version)}
          >
            Roll back
          </Button>
        </Allowed>
      )}
    </span>
  );
}

export default function VersionsPage() {
  const { name = "" } = useParams();
  const leave = useLeave(name, "edit");
  const workflow = useQuery(workflowOne(name));
  const isUnpublished = workflow.data !== undefined && typeof workflow.data.version !== "number";
  const pages = useInfiniteQuery({ ...versionList(name), enabled: workflow.data !== undefined && !isUnpublished });
  const [target, setTarget] = useState<WorkflowVersion | null>(null);
  const versions = allItems(pages.data?.pages);
  const rows = versions.map((version) => ({
    version,
    before: earlier(version, versions),
    leave,
    onRollBack: setTarget,
  }));
  const { draft, version: latest } = workflow.data ?? {};
  const error = workflow.error ?? pages.error;
  return (
    <Page>
      <WorkflowHeader
        name={name}
        tab="versions"
        part="Versions"
        actions={
          typeof draft === "number" &&
          typeof latest === "number" && (
            <Button component={Link} to={diffAddress(name, latest, "draft")} variant="default">
              What the draft changes
            </Button>
          )
        }
      />
      {error !== null && <ProblemNotice error={error} onRetry={() => void pages.refetch()} />}
      {isUnpublished ? (
        <EmptyState
          title="It is not published yet"
          action={
            <Button component={Link} to={`/w/${encodeURIComponent(name)}`} variant="default">
              Open the draft
            </Button>
          }
        >
          A version is what deployments run. It never changes, and each has a note of why it is there.
        </EmptyState>
      ) : (
        error === null && (
          <DataTable
            label="Versions"
            columns={COLUMNS}
            rows={rows}
            keyOf={({ version }) => version.digest}
            toneOf={({ version }) => (version.is_latest ? "good" : "idle")}
            isLoading={pages.isPending}
            onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : null}
            isLoadingMore={pages.isFetchingNextPage}
          />
        )
      )}
      {target !== null && <RollBackDialog version={target} onClose={() => setTarget(null)} />}
    </Page>
  );
}

/** By number: a version that was rolled back to keeps its own. */
function earlier({ version }: WorkflowVersion, all: readonly WorkflowVersion[]): number | null {
  const numbers = all.map((one) => one.version).filter((number) => number < version);
  return numbers.length === 0 ? null : Math.max(...numbers);
}
