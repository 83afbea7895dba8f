// One deployment: how it does, what starts it, what it remembers, its runs.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { type Deployment, deploymentOne, triggersOf } from "@/api/deployments";
import { RunDays } from "@/components/chart/RunDays";
import { EmptyState } from "@/components/EmptyState";
import { Loaded } from "@/components/Loaded";
import { WorkflowMiniature } from "@/components/Miniature";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { usePolling } from "@/live/useFreshCache";
import { OrdersPanel, PositionsPanel } from "@/pages/deployments/bot/HoldingsPanels";
import { KillSwitch } from "@/pages/deployments/bot/KillSwitch";
import { ProfitPanel } from "@/pages/deployments/bot/ProfitPanel";
import { TradesPanel } from "@/pages/deployments/bot/TradesPanel";
import { useFreshBot } from "@/pages/deployments/bot/useBot";
import { DeploymentActions } from "@/pages/deployments/DeploymentActions";
import { Times } from "@/pages/deployments/DeploymentCard";
import classes from "@/pages/deployments/DeploymentPage.module.css";
import { Figures } from "@/pages/deployments/Figures";
import { mainFigures, otherFigures } from "@/pages/deployments/figures";
import { ModeBadge } from "@/pages/deployments/ModeBadge";
import { Standstill } from "@/pages/deployments/Standstill";
import { StatePanel } from "@/pages/deployments/StatePanel";
import { shown, triggerTitle, triggerWords } from "@/pages/deployments/triggers";
import { VersionName } from "@/pages/deployments/VersionName";
import { RunTable } from "@/pages/runs/RunTable";
import { useRuns } from "@/pages/runs/useRuns";

export default function DeploymentPage() {
  const { name = "" } = useParams();
  const query = useQuery({ ...deploymentOne(name), refetchInterval: usePolling() });
  const deployment = query.data;
  return (
    <Page>
      <PageHeader
        title={name}
        badge={
          deployment && (
            <>
              <StatusBadge status={deployment.status} />
              {deployment.halt !== null && <StatusBadge status="halted" />}
              <ModeBadge mode={deployment.mode} />
            </>
          )
        }
        description={deployment && <Times deployment={deployment} />}
        actions={
          deployment && (
            <>
              <KillSwitch deployment={deployment} />
              <DeploymentActions deployment={deployment} />
            </>
          )
        }
      />
      {deployment && <Standstill deployment={deployment} />}
      <Loaded query={query}>{(data) => <Content deployment={data} />}</Loaded>
    </Page>
  );
}

function Content({ deployment }: { deployment: Deployment }) {
  const { name, workflow, version, last_refusal, bot } = deployment;
  useFreshBot(name);
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        {bot !== null && (
          <>
            <ProfitPanel name={name} bot={bot} />
            <TradesPanel name={name} workflow={workflow} total={bot.trades} currency={bot.currency} />
          </>
        )}
        <Panel title={bot === null ? "Figures" : "Figures of its runs"}>
          <Figures figures={mainFigures({ ...deployment, queued: 0 })} isLarge />
          <Figures figures={otherFigures(deployment)} isSmall />
          {deployment.metrics.runs > 0 && (
            <div className={classes.days}>
              <RunDays of={{ deployment: name }} isLow />
            </div>
          )}
        </Panel>
        <Runs name={name} />
      </div>
      <div className={classes.column}>
        {bot !== null && (
          <>
            <PositionsPanel name={name} />
            <OrdersPanel name={name} />
          </>
        )}
        <Panel title="What it runs" flush action={<Link to={`/w/${encodeURIComponent(workflow)}`}>Open the workflow</Link>}>
          <div className={classes.picture}>
            <WorkflowMiniature workflow={workflow} version={version ?? "latest"} stamp={version ?? ""} />
          </div>
          <Bound deployment={deployment} />
        </Panel>
        {last_refusal && (
          <Panel title="Last refused" aside={<When at={last_refusal.at} />}>
            <p className={classes.refusal}>{last_refusal.message}</p>
          </Panel>
        )}
        <Triggers name={name} />
        <StatePanel name={name} workflow={workflow} />
      </div>
    </div>
  );
}

function Bound({ deployment }: { deployment: Deployment }) {
  const { workflow, version, profiles, input, params, limits } = deployment;
  const lines: [string, ReactNode][] = [
    ["Workflow", workflow],
    ["Version", <VersionName key="version" workflow={workflow} version={version} />],
    ["Profiles", profiles.join(", ") || "none"],
    ...Object.entries(input).map(([key, value]): [string, ReactNode] => [`input.${key}`, shown(value)]),
    ...Object.entries(params).map(([key, value]): [string, ReactNode] => [`params.${key}`, shown(value)]),
    ["Runs at once", String(limits.concurrency ?? 1)],
  ];
  return (
    <dl className={classes.bound}>
      {lines.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Triggers({ name }: { name: string }) {
  const triggers = useQuery(triggersOf(name));
  return (
    <Panel title="What starts it" aside={triggers.data?.items.length || undefined}>
      <Loaded query={triggers} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={classes.none}>Nothing but calls of the API and people.</p>
          ) : (
            <ul className={classes.triggers} aria-label="Triggers">
              {items.map((trigger) => (
                <li key={trigger.id}>
                  <p>
                    <strong>{triggerWords(trigger) || triggerTitle(trigger.type)}</strong>
                  </p>
                  <span>
                    {triggerTitle(trigger.type)}
                    {trigger.node !== null && trigger.node !== undefined && (
                      <>
                        {" "}
                        at the node <code>{trigger.node}</code>
                      </>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Runs({ name }: { name: string }) {
  const { query, runs } = useRuns({ deployment: name });
  if (query.data !== undefined && runs.length === 0) {
    return <EmptyState title="It has not run yet">Each run appears here the moment it begins.</EmptyState>;
  }
  return (
    <>
      <RunTable runs={runs} isLoading={query.isPending} />
      {query.hasNextPage && (
        <Button variant="default" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          Show more
        </Button>
      )}
    </>
  );
}
