// What a check found: each with its line, what is wrong, and what to do.
import { CircleCheck, CircleX, LoaderCircle, TriangleAlert } from "lucide-react";
import type { Issue } from "@/api/problem";
import classes from "@/components/IssueList.module.css";
import { listed } from "@/model/result";

interface Props {
  issues: readonly Issue[];
  /** The workflows that were read. */
  names?: readonly string[];
  isBusy?: boolean;
}

export function IssueList({ issues, names = [], isBusy = false }: Props) {
  if (issues.length === 0) {
    return (
      <p className={classes.fine} role="status">
        {isBusy ? <LoaderCircle size={15} aria-hidden="true" /> : <CircleCheck size={15} aria-hidden="true" />}
        {isBusy ? "Checking…" : `Nothing is wrong${names.length === 0 ? "" : ` with ${listed(names).replaceAll("`", "")}`}.`}
      </p>
    );
  }
  return (
    <ul className={classes.issues} aria-label="Problems" aria-live="polite">
      {issues.map((issue) => (
        <li key={`${issue.line ?? ""} ${issue.path} ${issue.code} ${issue.message}`} data-severity={issue.severity}>
          {issue.severity === "warning" ? (
            <TriangleAlert size={15} aria-label="Warning" />
          ) : (
            <CircleX size={15} aria-label="Error" />
          )}
          <div>
            {(issue.line ?? null) !== null && <span className={classes.line}>Line {issue.line}</span>}
            <span>{issue.message}</span>
            {issue.remedy && <span className={classes.remedy}> {issue.remedy}</span>}
            {issue.path !== "" && <code className={classes.path}>{issue.path}</code>}
          </div>
        </li>
      ))}
    </ul>
  );
}
