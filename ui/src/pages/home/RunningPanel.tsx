import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";
import type { RunPage, RunSummary } from "@/api/runs";
import { EmptyState } from "@/components/EmptyState";
import { Item, ItemList } from "@/components/ItemList";
import { Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { Took } from "@/components/Took";
import { When } from "@/components/When";
import { runAddress } from "@/pages/runs/RunTable";

const ALL = "/runs?status=running&status=queued&status=suspended";

export function RunningPanel({ query }: { query: UseQueryResult<RunPage> }) {
  return (
    <Panel title="Under way" action={<Link to={ALL}>All of them</Link>} flush>
      <Loaded query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title="Nothing runs right now" />
          ) : (
            <ItemList label="Runs under way">
              {items.map((run) => (
                <Item
                  key={run.id}
                  to={runAddress(run)}
                  title={run.workflow}
                  detail={<Detail run={run} />}
                  aside={<Took since={run.created_at} />}
                  badge={<StatusBadge status={run.status} />}
                />
              ))}
            </ItemList>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Detail({ run }: { run: RunSummary }) {
  if (run.status === "suspended" && run.wake_at) {
    return (
      <>
        goes on <When at={run.wake_at} />
      </>
    );
  }
  return run.deployment ? `by ${run.deployment}` : "by hand";
}
