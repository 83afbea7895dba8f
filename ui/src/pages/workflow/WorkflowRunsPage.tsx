// The runs of one workflow.
import { useParams, useSearchParams } from "react-router";
import type { RunFilter } from "@/api/runs";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { ProblemNotice } from "@/components/ProblemNotice";
import { readFilter, writeFilter } from "@/pages/runs/filter";
import { RunFilters } from "@/pages/runs/RunFilters";
import { RunTable } from "@/pages/runs/RunTable";
import { useRuns } from "@/pages/runs/useRuns";
import { WorkflowHeader } from "@/pages/workflow/WorkflowHeader";

export default function WorkflowRunsPage() {
  const { name = "" } = useParams();
  const [query, setQuery] = useSearchParams();
  const { workflow: _, ...filter } = readFilter(query);
  const { query: list, runs } = useRuns({ ...filter, workflow: name });
  const setFilter = ({ workflow: __, ...next }: RunFilter) => setQuery(writeFilter(next), { replace: true });
  const isNarrowed = Object.keys(filter).length > 0;
  return (
    <Page>
      <WorkflowHeader name={name} tab="runs" part="Runs">
        <RunFilters filter={filter} onChange={setFilter} isOfOneWorkflow />
      </WorkflowHeader>
      {list.error !== null && <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data !== undefined && runs.length === 0 ? (
        <EmptyState title={isNarrowed ? "No run fits this filter" : "It has not run yet"}>
          {!isNarrowed && "Run it from its canvas, or deploy it: each run appears here the moment it begins."}
        </EmptyState>
      ) : (
        (list.data !== undefined || list.error === null) && (
          <RunTable
            runs={runs}
            isLoading={list.isPending}
            onMore={list.hasNextPage ? () => void list.fetchNextPage() : null}
            isLoadingMore={list.isFetchingNextPage}
          />
        )
      )}
    </Page>
  );
}
