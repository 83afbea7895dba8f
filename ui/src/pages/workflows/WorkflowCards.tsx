// Workflows as cards, each with a drawing of it.
import type { Workflow } from "@/api/workflows";
import { CardGrid, CardText, GraphCard, LoadingCards } from "@/components/GraphCard";
import { WorkflowMiniature } from "@/components/Miniature";
import { ShowMore } from "@/components/ShowMore";
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
  if (isLoading) return <LoadingCards height={252} />;
  return (
    <>
      <CardGrid label="Workflows">
        {workflows.map((workflow) => (
          <WorkflowCard key={workflow.name} workflow={workflow} />
        ))}
      </CardGrid>
      <ShowMore query={{ hasNextPage: onMore !== null, isFetchingNextPage: isLoadingMore, fetchNextPage: () => onMore?.() }} />
    </>
  );
}

function WorkflowCard({ workflow }: { workflow: Workflow }) {
  const { name, title, description, last_run } = workflow;
  return (
    <GraphCard
      title={title ?? name}
      to={`/w/${encodeURIComponent(name)}`}
      picture={<WorkflowMiniature workflow={name} {...drawnVersion(workflow)} />}
      menu={<WorkflowMenu workflow={workflow} />}
      foot={<Foot workflow={workflow} />}
    >
      <CardText lines={2}>{description ?? <span className={classes.name}>{name}</span>}</CardText>
      <div className={classes.facts}>
        {last_run ? (
          <>
            <StatusBadge status={last_run.status} />
            <When at={last_run.started_at} />
          </>
        ) : (
          <span>Never run</span>
        )}
        <Deployed workflow={workflow} />
      </div>
    </GraphCard>
  );
}

function Deployed({ workflow: { deployments = [] } }: { workflow: Workflow }) {
  if (deployments.length === 0) return null;
  const active = deployments.filter((one) => one.status === "active").length;
  const all = counted(deployments.length, "deployment");
  return <span className={classes.deployed}>{active === deployments.length ? all : `${active} of ${all} active`}</span>;
}

function Foot({ workflow }: { workflow: Workflow }) {
  return (
    <>
      <span data-unpublished={(workflow.version ?? null) === null || undefined} className={classes.version}>
        {versionWords(workflow)}
      </span>
      <OwnerBadge owner={workflow.owner} />
      <span className={classes.tags}>
        {workflow.tags.map((tag) => (
          <span key={tag}>#{tag}</span>
        ))}
      </span>
    </>
  );
}
