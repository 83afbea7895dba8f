// What was refused or went wrong: the message, what to do, each issue with its place, and the code for who asks for help.
import { Button } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { toProblem } from "@/api/problem";
import classes from "@/components/ProblemNotice.module.css";

interface Props {
  error: unknown;
  /** Try it again. */
  onRetry?: () => void;
}

export function ProblemNotice({ error, onRetry }: Props) {
  const problem = toProblem(error);
  return (
    <div className={classes.problem} role="alert">
      <TriangleAlert className={classes.sign} size={18} aria-hidden="true" />
      <div className={classes.words}>
        <p className={classes.message}>{problem.message}</p>
        {problem.remedy && <p className={classes.remedy}>{problem.remedy}</p>}
        {problem.issues.length > 0 && (
          <ul className={classes.issues}>
            {problem.issues.map((issue) => (
              <li key={`${issue.path} ${issue.code} ${issue.message}`}>
                {issue.path && <code>{issue.path}</code>} {issue.message}
                {issue.remedy && <span className={classes.remedy}> {issue.remedy}</span>}
              </li>
            ))}
          </ul>
        )}
        <p className={classes.code}>
          <code>{problem.code}</code>
          {problem.requestId && <> · request {problem.requestId}</>}
        </p>
      </div>
      {onRetry && (
        <Button variant="default" size="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
