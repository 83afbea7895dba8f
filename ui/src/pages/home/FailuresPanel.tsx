import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Model } from "@/api/client";
import { EmptyState } from "@/components/EmptyState";
import { Item, ItemList } from "@/components/ItemList";
import { Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { oneLine } from "@/format/text";

export function FailuresPanel({ query }: { query: UseQueryResult<Model<"FailurePage">> }) {
  return (
    <Panel title="Failed" action={<Link to="/runs?status=failed">All failed runs</Link>} flush>
      <Loaded query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title="Nothing has failed" />
          ) : (
            <ItemList label="Failures">
              {items.map((group) => (
                <Item
                  key={`${group.workflow} ${group.node ?? ""} ${group.error} ${group.message}`}
                  to={`/runs?status=failed&workflow=${encodeURIComponent(group.workflow)}`}
                  title={group.node ? `${group.workflow} at ${group.node}` : group.workflow}
                  detail={oneLine(group.message)}
                  aside={<When at={group.last_at} />}
                  badge={<StatusBadge status="failed" label={`${group.count}×`} />}
                />
              ))}
            </ItemList>
          )
        }
      </Loaded>
    </Panel>
  );
}
