// One node of the run in three columns: what came in, how it is set, what went out.
import { CloseButton } from "@mantine/core";
import { useMay } from "@/api/me";
import { Scroll } from "@/components/Scroll";
import { nodeTitle } from "@/model/workflow";
import classes from "@/pages/run/NodeDetail.module.css";
import { ForkButton, type NodeProps } from "@/pages/run/NodePanel";
import { NodeStanding } from "@/pages/run/NodeStanding";
import { Config, Inputs, Outputs } from "@/pages/run/NodeValues";
import { PausedForm } from "@/pages/run/PausedForm";
import { ResolveForm } from "@/pages/run/ResolveForm";
import { RoundStepper } from "@/pages/run/RoundStepper";
import { TaskCards } from "@/pages/run/TaskCard";
import { Trouble } from "@/pages/run/Trouble";

export function NodeDetail(props: NodeProps) {
  const { runId, runPath, node, typeTitle, known, paused, isNow, incoming, steppings, onRound, onFork, onClose } = props;
  const mayFork = useMay("operator") && node !== undefined;
  return (
    <section className={classes.detail} aria-label={`Node ${runPath}`}>
      <header className={classes.head}>
        <h2>{node === undefined ? runPath : nodeTitle(node)}</h2>
        <span className={classes.type}>
          {typeTitle} · <code>{runPath}</code>
        </span>
        {known && <NodeStanding known={known} />}
        <span className={classes.end}>
          {steppings.map((one) => (
            <RoundStepper key={one.container} stepping={one} onRound={onRound} />
          ))}
          {mayFork && known !== undefined && known.endedAt !== null && <ForkButton onFork={onFork} />}
          <CloseButton aria-label="Close the columns" title="Close  Esc" onClick={onClose} />
        </span>
      </header>
      <div className={classes.columns}>
        <Scroll className={classes.column} label="Input">
          <h3>Input</h3>
          <Inputs incoming={incoming} />
        </Scroll>
        <Scroll className={classes.column} label="Config">
          <h3>Config</h3>
          <Config node={node} />
        </Scroll>
        <Scroll className={classes.column} label="Output">
          <h3>Output</h3>
          {known?.error && <Trouble error={known.error} isHandled={known.isHandled || known.status === "completed"} />}
          {isNow && known?.status === "waiting" && <TaskCards runId={runId} node={runPath} />}
          {isNow && known?.status === "paused" && paused && <PausedForm runId={runId} wait={paused} />}
          {isNow && known?.status === "in_doubt" && <ResolveForm runId={runId} path={runPath} />}
          <Outputs runId={runId} known={known} />
        </Scroll>
      </div>
    </section>
  );
}
