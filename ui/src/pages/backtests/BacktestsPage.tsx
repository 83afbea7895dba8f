// Backtests that are kept: how each came out, which are under way, and two of them to compare.
import { Button, Select } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { GitCompareArrows, X } from "lucide-react";
import { useMemo, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useActions } from "@/actions/useActions";
import { type BacktestFilter, backtestList } from "@/api/backtests";
import { KINDS } from "@/api/backtestTypes";
import { useMay } from "@/api/me";
import { allItems } from "@/api/paging";
import { workflowList } from "@/api/workflows";
import { EmptyState } from "@/components/EmptyState";
import { Filters } from "@/components/Filters";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { ProblemNotice } from "@/components/ProblemNotice";
import { BacktestTable } from "@/pages/backtests/BacktestTable";
import { compareAddress, KIND_WORDS } from "@/pages/backtests/words";

const NEW = "/backtests/new";

export default function BacktestsPage() {
  const [query, setQuery] = useSearchParams();
  const filter = readFilter(query);
  const list = useInfiniteQuery(backtestList(filter));
  const items = allItems(list.data?.pages);
  const mayTest = useMay("editor");
  const navigate = useNavigate();
  useActions(
    useMemo(
      () => (mayTest ? [{ id: "backtests.new", title: "New backtest", section: "Backtests", words: ["simulate", "history"], run: () => void navigate(NEW) }] : []),
      [mayTest, navigate],
    ),
  );
  const [picked, setPicked] = useState<readonly string[]>([]);
  const set = (name: string, value: string | null) => {
    const next = new URLSearchParams(query);
    if (value === null) next.delete(name);
    else next.set(name, value);
    setQuery(next, { replace: true });
  };
  // The third takes the place of the first.
  const pick = (id: string) => setPicked((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id].slice(-2)));
  const isNarrowed = Object.keys(filter).length > 0;
  const [a, b] = picked.filter((id) => items.some((one) => one.id === id));
  return (
    <Page>
      <PageHeader
        title="Backtests"
        description="What a workflow would have done: the same graph, over bars that have been."
        actions={
          <>
            {items.length > 1 && (
              <Button
                variant="default"
                leftSection={<GitCompareArrows size={15} />}
                disabled={a === undefined || b === undefined}
                title={a === undefined || b === undefined ? "Choose two of them" : "Both beside each other"}
                onClick={() => a !== undefined && b !== undefined && void navigate(compareAddress(a, b))}
              >
                Compare two
              </Button>
            )}
            {mayTest && (
              <Button component={Link} to={NEW}>
                New backtest
              </Button>
            )}
          </>
        }
      >
        {(items.length > 0 || isNarrowed) && <FilterLine filter={filter} onSet={set} onClear={() => setQuery({}, { replace: true })} />}
      </PageHeader>
      {list.error !== null && <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data !== undefined && items.length === 0 ? (
        <Nothing isNarrowed={isNarrowed} mayTest={mayTest} onClear={() => setQuery({}, { replace: true })} />
      ) : (
        (list.data !== undefined || list.error === null) && (
          <BacktestTable
            backtests={items}
            picked={picked}
            onPick={pick}
            isLoading={list.isPending}
            onMore={list.hasNextPage ? () => void list.fetchNextPage() : null}
            isLoadingMore={list.isFetchingNextPage}
          />
        )
      )}
    </Page>
  );
}

function readFilter(query: URLSearchParams): BacktestFilter {
  const workflow = query.get("workflow");
  const kind = KINDS.find((one) => one === query.get("kind"));
  return { ...(workflow === null || workflow === "" ? {} : { workflow }), ...(kind === undefined ? {} : { kind }) };
}

interface FilterProps {
  filter: BacktestFilter;
  onSet: (name: string, value: string | null) => void;
  onClear: () => void;
}

function FilterLine({ filter, onSet, onClear }: FilterProps) {
  const workflows = useQuery(workflowList({ limit: 200 }));
  const names = (workflows.data?.items ?? []).map(({ name, title }) => ({ value: name, label: title ?? name }));
  const isKnown = filter.workflow === undefined || names.some(({ value }) => value === filter.workflow);
  return (
    <Filters label="Filter backtests">
      <Select
        aria-label="Workflow"
        placeholder="Any workflow"
        data={isKnown ? names : [...names, { value: filter.workflow ?? "", label: filter.workflow ?? "" }]}
        value={filter.workflow ?? null}
        onChange={(name) => onSet("workflow", name)}
        searchable
        clearable
      />
      <Select
        aria-label="Kind"
        placeholder="Any kind"
        data={KINDS.map((value) => ({ value, label: KIND_WORDS[value] }))}
        value={filter.kind ?? null}
        onChange={(kind) => onSet("kind", kind)}
        clearable
      />
      {Object.keys(filter).length > 0 && (
        <Button variant="subtle" color="gray" leftSection={<X size={14} />} onClick={onClear}>
          Clear
        </Button>
      )}
    </Filters>
  );
}

function Nothing({ isNarrowed, mayTest, onClear }: { isNarrowed: boolean; mayTest: boolean; onClear: () => void }) {
  if (isNarrowed) {
    return (
      <EmptyState
        title="No backtest fits this filter"
        action={
          <Button variant="default" onClick={onClear}>
            Show all
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      title="Nothing has been tested yet"
      action={
        mayTest && (
          <Button component={Link} to={NEW} variant="default">
            Test a workflow
          </Button>
        )
      }
    >
      Choose a workflow that trades and bars to go over: a file, a download from a venue, or a simulated market. What it would
      have bought and sold, and what that would have come to, is kept here.
    </EmptyState>
  );
}
