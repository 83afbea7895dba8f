// What one node of the run did: how it stands, what came in and went out, and what can be done from here.
import { ActionIcon, Button, CloseButton, Tabs } from "@mantine/core";
import { Columns3, GitFork } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/me";
import { nodeTitle, type WorkflowNode } from "@/model/workflow";
import type { NodeState } from "@/record/history";
import type { Incoming } from "@/pages/run/incoming";
import { NodeStanding } from "@/pages/run/NodeStanding";
import { Config, Inputs, Outputs } from "@/pages/run/NodeValues";
import { PausedForm, type Wait } from "@/pages/run/PausedForm";
import classes from "@/pages/run/Panel.module.css";
import { ResolveForm } from "@/pages/run/ResolveForm";
import { RoundStepper } from "@/pages/run/RoundStepper";
import type { Stepping } from "@/pages/run/stepping";
import { TaskCards } from "@/pages/run/TaskCard";
import { Trouble } from "@/pages/run/Trouble";

export interface NodeProps {
  runId: string;
  runPath: string;
  node: WorkflowNode | undefined;
  typeTitle: string;
  known: NodeState | undefined;
  /** That the run stands before it. */
  paused: Wait | undefined;
  /** It is shown as it is now, not as it was. */
  isNow: boolean;
  incoming: readonly Incoming[];
  steppings: readonly Stepping[];
  onRound: (container: string, round: number) => void;
  onFork: () => void;
  onClose: () => void;
}

interface Props extends NodeProps {
  /** Show it in three columns, where there is room for them. */
  onOpen: (() => void) | null;
}

export function NodePanel(props: Props) {
  const { runId, runPath, node, typeTitle, known, paused, isNow, incoming, steppings, onRound, onFork, onClose, onOpen } = props;
  const [tab, setTab] = useState<string | null>("output");
  const mayFork = useMay("operator") && node !== undefined;
  return (
    <div className={classes.panel}>
      <header className={classes.head}>
        <div>
          <h2>{node === undefined ? runPath : nodeTitle(node)}</h2>
          <p className={classes.quiet}>
            {typeTitle} · <code>{runPath}</code>
          </p>
        </div>
        <span className={classes.signs}>
          {onOpen && (
            <ActionIcon size={28} variant="subtle" color="gray" aria-label="Show input, config and output side by side" title="Side by side  Enter" onClick={onOpen}>
              <Columns3 size={16} />
            </ActionIcon>
          )}
          <CloseButton aria-label="Close" onClick={onClose} />
        </span>
      </header>
      {steppings.map((one) => (
        <RoundStepper key={one.container} stepping={one} onRound={onRound} />
      ))}
      {known === undefined ? (
        <p className={classes.quiet}>{isNow ? "The run has not come to this node." : "At this moment the run had not come to this node."}</p>
      ) : (
        <>
          <NodeStanding known={known} />
          {known.error && (
            <Trouble error={known.error} isHandled={known.isHandled || known.status === "completed"}>
              {mayFork && known.status === "failed" && <ForkButton onFork={onFork} />}
            </Trouble>
          )}
          {isNow && known.status === "waiting" && <TaskCards runId={runId} node={runPath} />}
          {isNow && known.status === "paused" && paused && <PausedForm runId={runId} wait={paused} />}
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
          <Outputs runId={runId} known={known} />
        </Tabs.Panel>
        <Tabs.Panel value="input" pt="sm">
          <Inputs incoming={incoming} />
        </Tabs.Panel>
        <Tabs.Panel value="config" pt="sm">
          <Config node={node} />
        </Tabs.Panel>
      </Tabs>
      {mayFork && known !== undefined && known.endedAt !== null && !known.error && (
        <div className={classes.foot}>
          <ForkButton onFork={onFork} />
        </div>
      )}
    </div>
  );
}

export function ForkButton({ onFork }: { onFork: () => void }) {
  return (
    <Button size="xs" variant="default" leftSection={<GitFork size={14} />} onClick={onFork}>
      Fork here
    </Button>
  );
}
