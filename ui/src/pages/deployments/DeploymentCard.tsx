// A deployment as a card: what it runs, how it does, when it runs next.
import { TriangleAlert } from "lucide-react";
import { Link } from "react-router";
import type { Deployment } from "@/api/deployments";
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

export function DeploymentCard({ deployment }: { deployment: Deployment }) {
  const { name, workflow, version, status, mode, last_refusal } = deployment;
  return (
    <li className={classes.card} data-status={status}>
      <div className={classes.picture}>
        <WorkflowMiniature
          workflow={workflow}
          version={version ?? "latest"}
          stamp={version ?? ""}
          isQuiet={status !== "active"}
        />
        <span className={classes.badge}>
          <StatusBadge status={status} />
        </span>
      </div>
      <div className={classes.words}>
        <h2>
          <Link to={deploymentAddress(name)} className={classes.title}>
            {name}
          </Link>
          <ModeBadge mode={mode} />
        </h2>
        <p className={classes.of}>
          {workflow} · {version === null ? "follows the latest" : <code>{version}</code>}
          {deployment.profiles.length > 0 && ` · ${deployment.profiles.join(", ")}`}
        </p>
        <Figures figures={mainFigures(deployment)} />
        <p className={classes.times}>
          <Times deployment={deployment} />
        </p>
        {last_refusal && (
          <p className={classes.refusal} title={last_refusal.message}>
            <TriangleAlert size={14} aria-hidden="true" />
            <span>{oneLine(last_refusal.message)}</span>
          </p>
        )}
      </div>
      <div className={classes.actions}>
        <DeploymentActions deployment={deployment} />
      </div>
    </li>
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
