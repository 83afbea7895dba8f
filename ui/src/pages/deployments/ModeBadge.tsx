// Whether what it does is real. Live says nothing: it is what deployments are for.
import type { DeploymentMode } from "@/api/deployments";
import classes from "@/pages/deployments/ModeBadge.module.css";

export function ModeBadge({ mode }: { mode: DeploymentMode }) {
  return mode === "live" ? null : <span className={classes.mode}>{mode === "paper" ? "Paper" : "Test"}</span>;
}
