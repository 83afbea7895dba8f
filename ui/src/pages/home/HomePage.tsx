// What waits for me, what failed, what runs.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { deploymentList } from "@/api/deployments";
import { failureList } from "@/api/failures";
import { useMe } from "@/api/me";
import { runsUnderWay } from "@/api/runs";
import { myTasks } from "@/api/tasks";
import { workflowList } from "@/api/workflows";
import { RunDays } from "@/components/chart/RunDays";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { Panel } from "@/components/Panel";
import { ProblemNotice } from "@/components/ProblemNotice";
import { counted } from "@/format/number";
import { useNow } from "@/format/useNow";
import { usePolling } from "@/live/useFreshCache";
import { DeploymentsPanel } from "@/pages/home/DeploymentsPanel";
import { FailuresPanel } from "@/pages/home/FailuresPanel";
import { FirstSteps } from "@/pages/home/FirstSteps";
import { GoOn } from "@/pages/home/GoOn";
import classes from "@/pages/home/HomePage.module.css";
import { RunningPanel } from "@/pages/home/RunningPanel";
import { TasksPanel } from "@/pages/home/TasksPanel";

export default function HomePage() {
  const me = useMe();
  const hello = useNow(greeting);
  const refetchInterval = usePolling();
  const workflows = useQuery(workflowList({ limit: 1 }));
  const tasks = useQuery({ ...myTasks(), refetchInterval });
  const failures = useQuery({ ...failureList({ limit: 5 }), refetchInterval });
  const running = useQuery({ ...runsUnderWay, refetchInterval });
  const deployments = useQuery({ ...deploymentList({ limit: 8 }), refetchInterval });
  const isNew = workflows.data?.items.length === 0 && running.data?.items.length === 0;
  return (
    <Page>
      <PageHeader
        title={`${hello}, ${me.name}`}
        documentTitle="Home"
        description={isNew ? null : summary(tasks.data, failures.data, running.data)}
      />
      {workflows.error !== null && <ProblemNotice error={workflows.error} />}
      {isNew ? (
        <FirstSteps />
      ) : (
        <>
          <GoOn />
          <div className={classes.columns}>
            <div className={classes.column}>
              <TasksPanel query={tasks} />
              <FailuresPanel query={failures} />
              <Panel title="Runs per day" action={<Link to="/runs">All runs</Link>}>
                <RunDays />
              </Panel>
            </div>
            <div className={classes.column}>
              <RunningPanel query={running} />
              <DeploymentsPanel query={deployments} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

interface Listed {
  items: readonly unknown[];
  next?: string | null;
}

/** `2 tasks wait for you, 1 kind of failure, 3 runs under way.` */
function summary(...lists: (Listed | undefined)[]): string | null {
  const [tasks, failures, running] = lists;
  if (tasks === undefined || failures === undefined || running === undefined) return "\u00a0";
  const count = ({ items, next }: Listed, one: string, many?: string) =>
    items.length === 0 ? [] : [next ? `more than ${counted(items.length, one, many)}` : counted(items.length, one, many)];
  const parts = [
    ...count(tasks, "task for you", "tasks for you"),
    ...count(failures, "kind of failure", "kinds of failure"),
    ...count(running, "run under way", "runs under way"),
  ];
  return parts.length === 0 ? "All is quiet." : `${parts.join(", ")}.`;
}

function greeting(now: Date): string {
  const hour = now.getHours();
  return hour < 5 ? "Good night" : hour < 12 ? "Good morning" : hour < 18 ? "Good afternoon" : "Good evening";
}
