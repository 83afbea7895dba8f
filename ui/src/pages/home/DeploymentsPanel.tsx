import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Model } from "@/api/client";
import type { Deployment } from "@/api/deployments";
import { EmptyState } from "@/components/EmptyState";
import { Item, ItemList } from "@/components/ItemList";
import { Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { gain, inCurrency } from "@/format/money";
import { counted, share } from "@/format/number";

export function DeploymentsPanel({ query }: { query: UseQueryResult<Model<"DeploymentPage">> }) {
  return (
    <Panel title="Deployments" action={<Link to="/deployments">All deployments</Link>} flush>
      <Loaded query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title="Nothing is deployed">
              A deployed workflow runs by itself: on a schedule, on an event, when it is called.
            </EmptyState>
          ) : (
            <ItemList label="Deployments">
              {items.map((deployment) => (
                <Item
                  key={deployment.name}
                  to={`/deployments/${encodeURIComponent(deployment.name)}`}
                  title={deployment.name}
                  detail={detail(deployment)}
                  aside={
                    deployment.status === "active" &&
                    deployment.next_at && (
                      <>
                        next <When at={deployment.next_at} />
                      </>
                    )
                  }
                  badge={<StatusBadge status={deployment.status} />}
                />
              ))}
            </ItemList>
          )
        }
      </Loaded>
    </Panel>
  );
}

function detail({ metrics, bot }: Deployment): string {
  if (bot !== null && bot.trades > 0) {
    const made = `${inCurrency(gain(bot.profit), bot.currency)} in ${counted(bot.trades, "trade")}`;
    return bot.win_rate === null ? made : `${made}, ${share(bot.win_rate)} won`;
  }
  if (metrics.runs === 0) return "no runs yet";
  const runs = counted(metrics.runs, "run");
  return metrics.success_rate === null ? runs : `${runs}, ${share(metrics.success_rate)} succeeded`;
}
