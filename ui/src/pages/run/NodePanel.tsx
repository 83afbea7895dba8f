// What one node of the run did: how it stands, what came in and went out, and what can be done from here.
import { Button, CloseButton, Select, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { GitFork } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/me";
import { runNode } from "@/api/run";
import type { DrawnWire } from "@/components/graph/sheet";
import { StatusBadge } from "@/components/StatusBadge";
import { Took } from "@/components/Took";
import { When } from "@/components/When";
import { counted } from "@/format/number";
import { isTruncated } from "@/live/event";
import { configOf, nodeTitle, type WorkflowNode } from "@/model/workflow";
import type { NodeState, RunState } from "@/pages/run/history";
import classes from "@/pages/run/Panel.module.css";
import { ResolveForm } from "@/pages/run/ResolveForm";
import { type Chosen, type Rounds, runPathOf, shownRound } from "@/pages/run/rounds";
import { TaskCards } from "@/pages/run/TaskCard";
import { Trouble } from "@/pages/run/Trouble";
import { spanText } from "@/pages/run/timeline";
import { ValueView } from "@/pages/run/ValueView";

interface Props {
  runId: string;
  runPath: string;
  node: WorkflowNode | undefined;
  typeTitle: string;
  state: RunState;
  /** It is shown as it is now, not as it was. */
  isNow: boolean;
  wires: readonly DrawnWire[];
  rounds: Rounds;
  chosen: Chosen;
  nodePath: string;
  onRound: (container: string, round: number) => void;
  onFork: () => void;
  onClose: () => void;
}

export function NodePanel(props: Props) {
  const { runId, runPath, node, typeTitle, state, isNow, onFork, onClose } = props;
  const [tab, setTab] = useState<string | null>("output");
  const mayOperate = useMay("operator");
  const known = state.nodes.get(runPath);
  return (
    <div className={classes.panel}>
      <header className={classes.head}>
        <div>
          <h2>{node === undefined ? runPath : nodeTitle(node)}</h2>
          <p className={classes.quiet}>
            {typeTitle} · <code>{runPath}</code>
          </p>
        </div>
        <CloseButton aria-label="Close" onClick={onClose} />
      </header>
      <RoundChoices {...props} />
      {known === undefined ? (
        <p className={classes.quiet}>{isNow ? "The run has not come to this node." : "At this moment the run had not come to this node."}</p>
      ) : (
        <>
          <Standing known={known} />
          {known.error && (
            <Trouble error={known.error} isHandled={known.isHandled || known.status === "completed"}>
              {mayOperate && node !== undefined && known.status === "failed" && (
                <Button size="xs" variant="default" leftSection={<GitFork size={14} />} onClick={onFork}>
                  Fork here
                </Button>
              )}
            </Trouble>
          )}
          {isNow && known.status === "waiting" && <TaskCards runId={runId} node={runPath} />}
          {isNow && known.status === "in_doubt" && <ResolveForm runId={runId} path={runPath} />}
        </>
      )}
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="output">Output</Tabs.Tab>
          <Tabs.Tab value="input">Input</Tabs.Tab>
          <Tabs.Tab value="config">Config</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="output" pt="sm">
          {known && <Outputs runId={runId} known={known} />}
        </Tabs.Panel>
        <Tabs.Panel value="input" pt="sm">
          <Inputs {...props} />
        </Tabs.Panel>
        <Tabs.Panel value="config" pt="sm">
          {node && <ValueView label="config" value={configOf(node)} />}
        </Tabs.Panel>
      </Tabs>
      {mayOperate && node !== undefined && known !== undefined && known.endedAt !== null && !known.error && (
        <div className={classes.foot}>
          <Button size="xs" variant="default" leftSection={<GitFork size={14} />} onClick={onFork}>
            Fork here
          </Button>
        </div>
      )}
    </div>
  );
}

function RoundChoices({ node, nodePath, rounds, chosen, onRound }: Props) {
  const parts = nodePath.split("/");
  // Those of the containers around it, and its own.
  const containers = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  return containers.map((container) => {
    const runPath = container === nodePath && node === undefined ? nodePath : runPathOf(container, rounds, chosen);
    const all = rounds.get(runPath);
    if (all === undefined) return null;
    return (
      <Select
        key={container}
        label={`Round of ${container.split("/").at(-1) ?? container}`}
        data={all.map((round) => ({ value: String(round), label: `${round + 1} of ${all.length}` }))}
        value={String(shownRound(all, chosen[container]) ?? "")}
        onChange={(round) => round !== null && onRound(container, Number(round))}
        allowDeselect={false}
      />
    );
  });
}

function Standing({ known }: { known: NodeState }) {
  return (
    <p className={classes.standing}>
      <StatusBadge status={known.status} />
      {known.endedAt !== null && known.tookMs !== null && <span>{spanText(known.tookMs)}</span>}
      {known.endedAt === null && known.startedAt !== null && <Took since={new Date(known.startedAt).toISOString()} />}
      {known.retries > 0 && <span>tried again {counted(known.retries, "time")}</span>}
      {known.retryAt !== null && (
        <span>
          tries again <When at={known.retryAt} />
        </span>
      )}
      {known.until !== null && (
        <span>
          until <When at={known.until} exact />
        </span>
      )}
      {known.message && <span>{known.message}</span>}
    </p>
  );
}

function Outputs({ runId, known }: { runId: string; known: NodeState }) {
  const isCut = Object.values(known.outputs).some(isTruncated);
  const whole = useQuery({ ...runNode(runId, known.path), enabled: isCut });
  const ports = Object.entries(known.outputs);
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
  return "It has given nothing yet.";
}

function Inputs({ wires, nodePath, state, rounds, chosen }: Props) {
  const coming = wires.filter((wire) => wire.target === nodePath && wire.kind === "value");
  if (coming.length === 0) return <p className={classes.quiet}>No wire leads into it. What it reads stands in its config.</p>;
  return (
    <div className={classes.values}>
      {coming.map((wire) => {
        const from = state.nodes.get(runPathOf(wire.source, rounds, chosen));
        const detail = `from ${wire.source}${wire.output === undefined ? "" : `.${wire.output}`}`;
        const value = wire.output === undefined ? undefined : from?.outputs[wire.output];
        if (value === undefined) {
          return (
            <p key={wire.id} className={classes.quiet}>
              <code>{wire.input}</code>: nothing came {detail}.
            </p>
          );
        }
        return <ValueView key={wire.id} label={wire.input ?? "value"} detail={detail} value={value} />;
      })}
    </div>
  );
}
