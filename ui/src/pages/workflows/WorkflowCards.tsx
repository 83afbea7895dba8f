// Workflows as cards, each with a drawing of it.
import { Button, Skeleton } from "@mantine/core";
import { Link } from "react-router";
import type { Workflow } from "@/api/workflows";
import { WorkflowMiniature } from "@/components/Miniature";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { counted } from "@/format/number";
import { drawnVersion, versionWords } from "@/pages/workflows/library";
import { OwnerBadge } from "@/pages/workflows/OwnerBadge";
import { WorkflowMenu } from "@/pages/workflows/WorkflowMenu";
import classes from "@/pages/workflows/WorkflowCards.module.css";

interface Props {
  workflows: readonly Workflow[];
  isLoading: boolean;
  onMore: (() => void) | null;
  isLoadingMore: boolean;
}

export function WorkflowCards({ workflows, isLoading, onMore, isLoadingMore }: Props) {
  if (isLoading) {
    return (
      <div className={classes.cards} role="status" aria-label="Loading">
        {[0, 1, 2, 3, 4, 5].map((at) => (
          <Skeleton key={at} height={252} radius={12} />
        ))}
      </div>
    );
  }
  return (
    <>
      <ul className={classes.cards} aria-label="Workflows">
        {workflows.map((workflow) => (
          <WorkflowCard key={workflow.name} workflow={workflow} />
        ))}
      </ul>
      {onMore && (
        <div className={classes.more}>
          <Button variant="default" onClick={onMore} loading={isLoadingMore}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

export function WorkflowCard({ workflow }: { workflow: Workflow }) {
  const { name, title, description, deployments = [], last_run } = workflow;
  const active = deployments.filter((one) => one.status === "active").length;
  return (
    <li className={classes.card}>
      <div className={classes.picture}>
        <WorkflowMiniature workflow={name} {...drawnVersion(workflow)} />
      </div>
      <div className={classes.words}>
        <div className={classes.head}>
          <h2>
            <Link to={`/w/${encodeURIComponent(name)}`} className={classes.title}>
              {title ?? name}
            </Link>
          </h2>
          <div className={classes.menu}>
            <WorkflowMenu workflow={workflow} />
          </div>
        </div>
        <p className={classes.description}>{description ?? <span className={classes.name}>{name}</span>}</p>
        <div className={classes.facts}>
          {last_run ? (
            <>
              <StatusBadge status={last_run.status} />
              <When at={last_run.started_at} />
            </>
          ) : (
            <span>Never run</span>
          )}
          {deployments.length > 0 && (
            <span className={classes.deployed}>
              {active === deployments.length
                ? `${counted(active, "deployment")}`
                : `${active} of ${counted(deployments.length, "deployment")} active`}
            </span>
          )}
        </div>
      </div>
      <div className={classes.foot}>
        <span data-unpublished={(workflow.version ?? null) === null || undefined}>{versionWords(workflow)}</span>
        <OwnerBadge owner={workflow.owner} />
        <span className={classes.tags}>
          {workflow.tags.map((tag) => (
            <span key={tag}>#{tag}</span>
          ))}
        </span>
      </div>
    </li>
  );
}
