// The run as a whole, where no node is chosen: what it waits for, what it failed of, what it was given and came to.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { runChildren, runInput, runResult, type Run } from "@/api/run";
import { runDetail } from "@/api/runs";
import { Item, ItemList } from "@/components/ItemList";
import { StatusBadge } from "@/components/StatusBadge";
import { Took } from "@/components/Took";
import { When } from "@/components/When";
import type { RunState } from "@/record/history";
import classes from "@/pages/run/Panel.module.css";
import { TaskCards } from "@/pages/run/TaskCard";
import { Trouble } from "@/pages/run/Trouble";
import { ValueView } from "@/components/values/ValueView";

interface Props {
  run: Run;
  state: RunState;
  isNow: boolean;
  onNode: (runPath: string) => void;
}

export function Overview({ run, state, isNow, onNode }: Props) {
  const cut = run.cut ?? {};
  const input = useQuery({ ...runInput(run.id), enabled: ["input", "params", "fired"].some((name) => name in cut) });
  const result = useQuery({ ...runResult(run.id), enabled: "output" in cut });
  const given = input.data ?? run;
  const inDoubt = [...state.nodes.values()].filter((node) => node.status === "in_doubt");
  const isGiven = Object.keys(given.input ?? {}).length > 0;
  const output = "output" in cut ? result.data?.output : run.output;
  return (
    <div className={classes.panel}>
      {isNow && inDoubt.map((node) => (
        <section key={node.path} className={classes.task} aria-label="In doubt">
          <h2>
            <code>{node.path}</code> is in doubt
          </h2>
          <p>Nobody knows whether it happened. The run goes on when somebody says so.</p>
          <div className={classes.buttons}>
            <Button size="xs" onClick={() => onNode(node.path)}>
              See to it
            </Button>
          </div>
        </section>
      ))}
      {isNow && state.status === "suspended" && <TaskCards runId={run.id} />}
      {state.error && (
        <Trouble error={state.error}>
          {state.error.node && (
            <Button size="xs" variant="default" onClick={() => onNode(state.error?.node ?? "")}>
              Show {state.error.node}
            </Button>
          )}
        </Trouble>
      )}
      {isNow && <Waits run={run} onNode={onNode} />}
      {isNow && run.status === "completed" && <ValueView label="output" value={output} />}
      {isGiven ? <ValueView label="input" value={given.input ?? {}} /> : <p className={classes.quiet}>It was given no input.</p>}
      {given.params && Object.keys(given.params).length > 0 && <ValueView label="params" value={given.params} />}
      {given.fired !== null && given.fired !== undefined && <ValueView label={`from ${run.trigger ?? "its trigger"}`} value={given.fired} />}
      <Relations run={run} />
    </div>
  );
}

function Waits({ run, onNode }: { run: Run; onNode: (path: string) => void }) {
  const waits = (run.waits ?? []).filter((wait) => wait.kind !== "task" && wait.kind !== "answer" && wait.kind !== "breakpoint");
  if (waits.length === 0 || run.status !== "suspended") return null;
  return (
    <section className={classes.list} aria-label="Waits for">
      <h2>Waits for</h2>
      {waits.map((wait) => (
        <p key={wait.node + wait.kind}>
          <button type="button" className={classes.node} onClick={() => onNode(wait.node)}>
            {wait.node}
          </button>{" "}
          {wait.names?.length ? `a signal: ${wait.names.join(" or ")}` : KINDS[wait.kind]}
          {wait.until && (
            <>
              {" "}
              until <When at={wait.until} exact />
            </>
          )}
        </p>
      ))}
    </section>
  );
}

const KINDS: Readonly<Record<string, string>> = {
  time: "time",
  retry: "its next attempt",
  signal: "a signal",
  answered: "an answer that has come",
  run: "a run it started",
};

function Relations({ run }: { run: Run }) {
  const children = useQuery(runChildren(run.id));
  const items = children.data?.items ?? [];
  if (!run.parent && !run.forked_from && items.length === 0) return null;
  return (
    <section className={classes.list} aria-label="Related runs">
      <h2>Related runs</h2>
      {run.parent && <Related id={run.parent} title="Started by" />}
      {run.forked_from && <Related id={run.forked_from} title={run.forked_at ? `Forked at ${run.forked_at} from` : "Forked from"} />}
      {items.length > 0 && (
        <ItemList label="Runs it started">
          {items.map((child) => (
            <Item
              key={child.id}
              to={`/w/${encodeURIComponent(child.workflow)}/runs/${encodeURIComponent(child.id)}`}
              title={child.workflow}
              detail={<Took ms={child.duration_ms} since={child.created_at} />}
              badge={<StatusBadge status={child.status} />}
            />
          ))}
        </ItemList>
      )}
    </section>
  );
}

function Related({ id, title }: { id: string; title: string }) {
  const other = useQuery(runDetail(id));
  if (other.data === undefined) return null;
  const { workflow, status } = other.data;
  return (
    <p className={classes.related}>
      {title} <Link to={`/w/${encodeURIComponent(workflow)}/runs/${encodeURIComponent(id)}`}>{workflow}</Link>
      <StatusBadge status={status} />
    </p>
  );
}
