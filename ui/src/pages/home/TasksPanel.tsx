import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Model } from "@/api/client";
import { EmptyState } from "@/components/EmptyState";
import { Item, ItemList } from "@/components/ItemList";
import { Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { When } from "@/components/When";

const MOST = 5;

export function TasksPanel({ query }: { query: UseQueryResult<Model<"TaskPage">> }) {
  const count = query.data?.items.length;
  return (
    <Panel title="Waiting for you" aside={count || undefined} action={<Link to="/inbox">Inbox</Link>} flush>
      <Loaded query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title="Nothing waits for you">
              Approvals and forms that a run needs an answer to appear here.
            </EmptyState>
          ) : (
            <ItemList label="Tasks">
              {items.slice(0, MOST).map((task) => (
                <Item
                  key={task.id}
                  to={`/inbox?task=${encodeURIComponent(task.id)}`}
                  title={task.title}
                  detail={task.message}
                  aside={
                    task.deadline_at ? (
                      <>
                        due <When at={task.deadline_at} />
                      </>
                    ) : (
                      task.created_at && <When at={task.created_at} />
                    )
                  }
                />
              ))}
            </ItemList>
          )
        }
      </Loaded>
    </Panel>
  );
}
