// Whether what it does is real.
import type { DeploymentMode } from "@/api/deployments";
import classes from "@/pages/deployments/ModeBadge.module.css";

const WORDS: Record<DeploymentMode, string> = { live: "Live", paper: "Paper", test: "Test" };

export function ModeBadge({ mode }: { mode: DeploymentMode }) {
  return (
    <span className={classes.mode} data-mode={mode}>
      {WORDS[mode]}
    </span>
  );
}
