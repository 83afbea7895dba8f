// What is to be known of a node before its form: what it lacks, and what is wrong with it as a whole.
import type { NodeTypeInFull } from "@/api/nodeTests";
import type { Issue } from "@/api/problem";
import { Line } from "@/components/Prose";
import classes from "@/pages/workflow/inspector/Inspector.module.css";

interface Props {
  type: NodeTypeInFull | undefined;
  issues: readonly Issue[];
}

export function NodeNotices({ type, issues }: Props) {
  // What names a field is said at that field.
  const whole = issues.filter(({ path }) => !path.startsWith("config."));
  const isOnlyWarnings = whole.every(({ severity }) => severity === "warning");
  return (
    <>
      {type !== undefined && !type.available && (
        <ul className={classes.issues} data-warnings>
          <li>
            It cannot run here: {type.missing.join(", ")} {type.missing.length === 1 ? "is" : "are"} not installed.
            {typeof type.extra === "string" && (
              <>
                {" "}
                Install <code>treadle[{type.extra}]</code>.
              </>
            )}
          </li>
        </ul>
      )}
      {whole.length > 0 && (
        <ul className={classes.issues} data-warnings={isOnlyWarnings || undefined} aria-label="To correct">
          {whole.map(({ code, message, remedy, path }) => (
            <li key={`${code} ${path} ${message}`}>
              <Line>{`${message} ${remedy ?? ""}`}</Line>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
