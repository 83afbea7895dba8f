// What came into a node of the run, and what went out.
import { useQuery } from "@tanstack/react-query";
import { runNode } from "@/api/run";
import { ValueView } from "@/components/values/ValueView";
import { isTruncated } from "@/live/event";
import { configOf, type WorkflowNode } from "@/model/workflow";
import type { NodeState } from "@/record/history";
import type { Incoming } from "@/pages/run/incoming";
import classes from "@/pages/run/Panel.module.css";

export function Outputs({ runId, known }: { runId: string; known: NodeState | undefined }) {
  const outputs = known?.outputs ?? {};
  const isCut = Object.values(outputs).some(isTruncated);
  const whole = useQuery({ ...runNode(runId, known?.path ?? ""), enabled: isCut && known !== undefined });
  if (known === undefined) return <p className={classes.quiet}>It has given nothing yet.</p>;
  const ports = Object.entries(outputs);
  if (known.text !== "") ports.unshift(["text", known.text]);
  if (ports.length === 0) return <p className={classes.quiet}>{nothingOf(known)}</p>;
  return (
    <div className={classes.values}>
      {ports.map(([port, value]) => {
        const fetched = whole.data?.outputs?.[port];
        const isHere = isTruncated(value) && fetched !== undefined && fetched !== null;
        return <ValueView key={port} label={port} value={isHere ? fetched : value} />;
      })}
      {isCut && whole.isPending && <p className={classes.quiet}>Fetching all of it…</p>}
    </div>
  );
}

function nothingOf({ status }: NodeState): string {
  if (status === "skipped") return "It was skipped: no branch led here.";
  if (status === "completed") return "It gave nothing.";
  if (status === "failed") return "It failed before it gave anything.";
  if (status === "cancelled") return "It was cancelled before it gave anything.";
  return "It has given nothing yet.";
}

export function Inputs({ incoming }: { incoming: readonly Incoming[] }) {
  if (incoming.length === 0) return <p className={classes.quiet}>No wire leads into it. What it reads stands in its config.</p>;
  return (
    <div className={classes.values}>
      {incoming.map(({ id, port, from, value }) =>
        value === undefined ? (
          <p key={id} className={classes.quiet}>
            <code>{port}</code>: nothing came from {from}.
          </p>
        ) : (
          <ValueView key={id} label={port} detail={`from ${from}`} value={value} />
        ),
      )}
    </div>
  );
}

export function Config({ node }: { node: WorkflowNode | undefined }) {
  const config = node === undefined ? {} : configOf(node);
  if (Object.keys(config).length === 0) return <p className={classes.quiet}>Nothing is set: it goes by its defaults.</p>;
  return (
    <div className={classes.values}>
      {Object.entries(config).map(([name, value]) => (
        <ValueView key={name} label={name} value={value} />
      ))}
    </div>
  );
}
