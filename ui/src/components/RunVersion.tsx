// The version that a run is of, by its number; its digest is for who asks.
import classes from "@/components/RunVersion.module.css";

export function RunVersion({ run }: { run: { version: string; version_number?: number | null } }) {
  const number = run.version_number;
  return (
    <span className={classes.version} title={`Version ${run.version}`}>
      {typeof number === "number" ? `v${number}` : run.version.slice(0, 7)}
    </span>
  );
}
