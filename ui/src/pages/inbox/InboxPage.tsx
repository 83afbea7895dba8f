// What waits for a person: approvals and forms, answered in place.
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { useSearchParams } from "react-router";
import { useActions } from "@/actions/useActions";
import { type TaskShow, taskList } from "@/api/tasks";
import { EmptyState } from "@/components/EmptyState";
import { Keys } from "@/components/Keys";
import { Loaded } from "@/components/Loaded";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { Pills } from "@/components/Pills";
import { usePolling } from "@/live/useFreshCache";
import classes from "@/pages/inbox/InboxPage.module.css";
import { nextAfter, readShow, step } from "@/pages/inbox/shown";
import { TaskListView } from "@/pages/inbox/TaskListView";
import { TaskView } from "@/pages/inbox/TaskView";

const SHOWS: readonly { show: TaskShow; title: string }[] = [
  { show: "mine", title: "For me" },
  { show: "open", title: "All open" },
  { show: "answered", title: "Answered" },
];

export default function InboxPage() {
  const isPhone = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false }) ?? false;
  const [address, setAddress] = useSearchParams();
  const show = readShow(address.get("show"));
  const query = useQuery({ ...taskList(show), refetchInterval: usePolling() });
  const tasks = query.data?.items ?? NONE;
  const asked = address.get("task");
  // On a desk something is always open; on a phone only what was touched.
  const chosen = asked ?? (isPhone ? null : (tasks[0]?.id ?? null));

  const go = (next: { show?: TaskShow; task?: string | null }) => {
    const to = new URLSearchParams();
    const nextShow = next.show ?? show;
    if (nextShow !== "mine") to.set("show", nextShow);
    if (next.task) to.set("task", next.task);
    setAddress(to, { replace: true });
  };
  const answered = () => go({ task: chosen === null ? null : isPhone ? null : (nextAfter(tasks, chosen)?.id ?? null) });
  useWalk((by) => {
    // From where the focus is: keys that come quickly are ahead of the address.
    const next = step(tasks, focusedTask() ?? chosen, by);
    if (next === undefined) return;
    go({ task: next.id });
    document.querySelector<HTMLElement>(`[data-task="${CSS.escape(next.id)}"]`)?.focus();
  });

  const view = chosen === null ? null : <TaskView id={chosen} onAnswered={answered} />;
  const isElsewhere = chosen !== null && query.data !== undefined && !tasks.some((task) => task.id === chosen);
  return (
    <Page>
      <PageHeader
        title="Inbox"
        description="Runs that cannot go on without a person. Answer here; the run goes on at once."
      >
        <div className={classes.bar}>
          <Pills
            label="Which tasks"
            pills={SHOWS.map((one) => ({
              key: one.show,
              title: one.title,
              isPressed: one.show === show,
              onPress: () => go({ show: one.show, task: null }),
            }))}
          />
          <p className={classes.hint}>
            <Keys keys="j" /> <Keys keys="k" /> to walk, <Keys keys="enter" /> to answer
          </p>
        </div>
      </PageHeader>
      <Loaded query={query}>
        {(list) =>
          list.items.length === 0 && !isElsewhere ? (
            <Nothing show={show} onAll={() => go({ show: "open", task: null })} />
          ) : (
            <div className={classes.columns}>
              <div className={classes.list}>
                <TaskListView
                  tasks={list.items}
                  chosen={chosen}
                  onChoose={(task) => (task === chosen && !isPhone ? toAnswer() : go({ task }))}
                  inPlace={isPhone && !isElsewhere ? view : null}
                />
                {list.isCut && <p className={classes.cut}>There are more; these are the first 2,000.</p>}
              </div>
              {(!isPhone || isElsewhere) && <div className={classes.view}>{view}</div>}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

const NONE: never[] = [];

function Nothing({ show, onAll }: { show: TaskShow; onAll: () => void }) {
  if (show === "answered") {
    return <EmptyState title="Nothing was answered yet">Who decided what, and when, is kept here.</EmptyState>;
  }
  return (
    <EmptyState
      title={show === "mine" ? "Nothing waits for you" : "Nothing waits for anybody"}
      action={
        show === "mine" && (
          <button type="button" className={classes.link} onClick={onAll}>
            Show what waits for others
          </button>
        )
      }
    >
      When a run comes to an Approval node, its question appears here, with its form and its deadline.
    </EmptyState>
  );
}

/** j and k go through the list; Enter on the chosen one goes to its answer. */
function useWalk(onStep: (by: 1 | -1) => void): void {
  const latest = useRef(onStep);
  useEffect(() => {
    latest.current = onStep;
  });
  useActions(
    useMemo(
      () => [
        { id: "inbox.next", title: "Next task", section: "Inbox", keys: "j", run: () => latest.current(1) },
        { id: "inbox.previous", title: "Previous task", section: "Inbox", keys: "k", run: () => latest.current(-1) },
        { id: "inbox.answer", title: "Answer this task", section: "Inbox", run: toAnswer },
      ],
      [],
    ),
  );
}

function focusedTask(): string | undefined {
  return document.activeElement instanceof HTMLElement ? document.activeElement.dataset["task"] : undefined;
}

function toAnswer(): void {
  document.querySelector<HTMLElement>("article form :is(input, textarea, button)")?.focus();
}
