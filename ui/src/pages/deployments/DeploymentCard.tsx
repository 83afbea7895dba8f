// A deployment as a card: what it runs, how it does, when it runs next.
import { TriangleAlert } from "lucide-react";
import type { Deployment } from "@/api/deployments";
import { GraphCard } from "@/components/GraphCard";
import { WorkflowMiniature } from "@/components/Miniature";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { oneLine } from "@/format/text";
import { deploymentAddress } from "@/pages/deployments/address";
import classes from "@/pages/deployments/DeploymentCard.module.css";
import { DeploymentActions } from "@/pages/deployments/DeploymentActions";
import { Figures } from "@/pages/deployments/Figures";
import { mainFigures } from "@/pages/deployments/figures";
import { ModeBadge } from "@/pages/deployments/ModeBadge";
import { VersionName } from "@/pages/deployments/VersionName";

export function DeploymentCard({ deployment }: { deployment: Deployment }) {
  const { name, workflow, version, status, mode, last_refusal } = deployment;
  return (
    <GraphCard
      title={name}
      to={deploymentAddress(name)}
      picture={
        <WorkflowMiniature workflow={workflow} version={version ?? "latest"} stamp={version ?? ""} isQuiet={status !== "active"} />
      }
      badge={<StatusBadge status={status} />}
      aside={<ModeBadge mode={mode} />}
      actions={<DeploymentActions deployment={deployment} />}
    >
      <p className={classes.of}>
        {workflow} · <VersionName workflow={workflow} version={version} />
        {deployment.profiles.length > 0 && ` · ${deployment.profiles.join(", ")}`}
      </p>
      <div className={classes.figures}>
        <Figures figures={mainFigures(deployment)} />
      </div>
      <p className={classes.times}>
        <Times deployment={deployment} />
      </p>
      {last_refusal && (
        <p className={classes.refusal} title={last_refusal.message}>
          <TriangleAlert size={14} aria-hidden="true" />
          <span>{oneLine(last_refusal.message)}</span>
        </p>
      )}
    </GraphCard>
  );
}

export function Times({ deployment: { next_at, status, metrics, last_fired_at } }: { deployment: Deployment }) {
  const last = metrics.last_finished_at ?? last_fired_at;
  return (
    <>
      {last ? (
        <>
          Last run <When at={last} />
          {metrics.last_status && <> ({metrics.last_status})</>}
        </>
      ) : (
        "No run yet"
      )}
      {status === "active" && next_at && (
        <>
          {" · next "}
          <When at={next_at} />
        </>
      )}
    </>
  );
}
