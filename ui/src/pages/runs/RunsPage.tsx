// All runs, newest first, as they happen.
import { Button } from "@mantine/core";
import { useSearchParams } from "react-router";
import { RunDays } from "@/components/chart/RunDays";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { Panel } from "@/components/Panel";
import { ProblemNotice } from "@/components/ProblemNotice";
import { daysOf, readFilter, writeFilter } from "@/pages/runs/filter";
import { RunFilters } from "@/pages/runs/RunFilters";
import classes from "@/pages/runs/RunsPage.module.css";
import { RunTable } from "@/pages/runs/RunTable";
import { useRuns } from "@/pages/runs/useRuns";
import type { RunFilter } from "@/api/runs";

export default function RunsPage() {
  const [query, setQuery] = useSearchParams();
  const filter = readFilter(query);
  const { query: list, runs } = useRuns(filter);
  const setFilter = (next: RunFilter) => setQuery(writeFilter(next), { replace: true });
  const whose = daysOf(filter);
  const isNarrowed = Object.keys(filter).length > 0;
  return (
    <Page>
      <PageHeader title="Runs" description="Every execution, newest first. The list moves as they do.">
        <RunFilters filter={filter} onChange={setFilter} />
      </PageHeader>
      {runs.length > 0 && whose !== null && (
        <div className={classes.days}>
          <Panel title="Runs per day">
            <RunDays of={whose} isLow />
          </Panel>
        </div>
      )}
      {list.error !== null && <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data !== undefined && runs.length === 0 ? (
        isNarrowed ? (
          <EmptyState
            title="No run fits this filter"
            action={
              <Button variant="default" onClick={() => setFilter({})}>
                Show all runs
              </Button>
            }
          />
        ) : (
          <EmptyState title="Nothing has run yet">
            Run a workflow by hand, or deploy it: each execution appears here the moment it begins.
          </EmptyState>
        )
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
