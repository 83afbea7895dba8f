// One deployment: how it does, what starts it, what it remembers, its runs.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { type Deployment, deploymentOne, triggersOf } from "@/api/deployments";
import { EmptyState } from "@/components/EmptyState";
import { Loaded } from "@/components/Loaded";
import { WorkflowMiniature } from "@/components/Miniature";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { usePolling } from "@/live/useFreshCache";
import { DeploymentActions } from "@/pages/deployments/DeploymentActions";
import { Times } from "@/pages/deployments/DeploymentCard";
import classes from "@/pages/deployments/DeploymentPage.module.css";
import { Figures } from "@/pages/deployments/Figures";
import { allFigures } from "@/pages/deployments/figures";
import { ModeBadge } from "@/pages/deployments/ModeBadge";
import { StatePanel } from "@/pages/deployments/StatePanel";
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
              <ModeBadge mode={deployment.mode} />
            </>
          )
        }
        description={deployment && <Times deployment={deployment} />}
        actions={deployment && <DeploymentActions deployment={deployment} />}
      />
      <Loaded query={query}>{(data) => <Content deployment={data} />}</Loaded>
    </Page>
  );
}

function Content({ deployment }: { deployment: Deployment }) {
  const { name, workflow, version, last_refusal } = deployment;
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        <Panel title="Figures">
          <Figures figures={allFigures(deployment)} isLarge />
        </Panel>
        <Runs name={name} />
      </div>
      <div className={classes.column}>
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
        <StatePanel name={name} />
      </div>
    </div>
  );
}

function Bound({ deployment }: { deployment: Deployment }) {
  const { workflow, version, profiles, input, params, limits } = deployment;
  const lines: [string, string][] = [
    ["Workflow", workflow],
    ["Version", version ?? "follows the latest"],
    ["Profiles", profiles.join(", ") || "none"],
    ...Object.entries(input).map(([key, value]): [string, string] => [`input.${key}`, shown(value)]),
    ...Object.entries(params).map(([key, value]): [string, string] => [`params.${key}`, shown(value)]),
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

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
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
                  <strong>{trigger.node ?? "every"}</strong> <code>{trigger.type}</code>
                  <span>
                    {Object.entries(trigger.config)
                      .filter(([, value]) => value !== null && value !== "")
                      .map(([key, value]) => `${key} ${shown(value)}`)
                      .join(" · ")}
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
