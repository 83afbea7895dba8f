// A deployment as a card: what it runs, how it does, when it runs next.
import { TriangleAlert } from "lucide-react";
import type { Deployment } from "@/api/deployments";
import { Sparkline } from "@/components/chart/Sparkline";
import { GraphCard } from "@/components/GraphCard";
import { WorkflowMiniature } from "@/components/Miniature";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { counted } from "@/format/number";
import { oneLine } from "@/format/text";
import { deploymentAddress } from "@/pages/deployments/address";
import classes from "@/pages/deployments/DeploymentCard.module.css";
import { BotFiguresList } from "@/pages/deployments/bot/BotFiguresList";
import { cardFigures } from "@/pages/deployments/bot/botFigures";
import { DeploymentActions } from "@/pages/deployments/DeploymentActions";
import { Figures } from "@/pages/deployments/Figures";
import { mainFigures } from "@/pages/deployments/figures";
import { ModeBadge } from "@/pages/deployments/ModeBadge";
import { VersionName } from "@/pages/deployments/VersionName";

export function DeploymentCard({ deployment }: { deployment: Deployment }) {
  const { name, workflow, version, status, mode, last_refusal, reason, halt, bot } = deployment;
  const trouble = halt ? `Orders are halted: ${halt.reason}` : (reason?.message ?? last_refusal?.message);
  return (
    <GraphCard
      title={name}
      to={deploymentAddress(name)}
      picture={
        <WorkflowMiniature workflow={workflow} version={version ?? "latest"} stamp={version ?? ""} isQuiet={status !== "active"} />
      }
      badge={<StatusBadge status={status} />}
      aside={
        <>
          {halt !== null && <StatusBadge status="halted" />}
          {(mode !== "live" || bot !== null) && <ModeBadge mode={mode} />}
        </>
      }
      actions={<DeploymentActions deployment={deployment} />}
    >
      <p className={classes.of}>
        {workflow} · <VersionName workflow={workflow} version={version} />
        {deployment.profiles.length > 0 && ` · ${deployment.profiles.join(", ")}`}
      </p>
      <div className={classes.figures}>
        {bot === null ? (
          <Figures figures={mainFigures(deployment)} />
        ) : (
          <>
            <BotFiguresList figures={cardFigures(bot)} />
            <Sparkline values={bot.spark} label={`The course of its profit, ${counted(bot.trades, "trade")}`} />
          </>
        )}
      </div>
      <p className={classes.times}>
        <Times deployment={deployment} />
      </p>
      {trouble && (
        <p className={classes.refusal} title={trouble}>
          <TriangleAlert size={14} aria-hidden="true" />
          <span>{oneLine(trouble)}</span>
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
