// What arrived at a node and what it gave: in the last run, or just now in a test.
import { Button, SegmentedControl } from "@mantine/core";
import { Pin, PinOff } from "lucide-react";
import { useState } from "react";
import { EmptyState } from "@/components/EmptyState";
import { ProblemNotice } from "@/components/ProblemNotice";
import { StatusBadge } from "@/components/StatusBadge";
import { Took } from "@/components/Took";
import type { Json } from "@/model/json";
import { setPinned } from "@/model/operations/settings";
import type { NodePath } from "@/model/path";
import { hasPin, type WorkflowNode } from "@/model/workflow";
import classes from "@/pages/workflow/inspector/data/DataTab.module.css";
import { DataView } from "@/pages/workflow/inspector/data/DataView";
import { IterationStepper } from "@/pages/workflow/inspector/data/IterationStepper";
import { pinnedPorts, type Ports, toPin } from "@/pages/workflow/inspector/data/lastValues";
import { TestPart } from "@/pages/workflow/inspector/data/TestPart";
import type { NodeTest } from "@/pages/workflow/inspector/data/useNodeTest";
import look from "@/pages/workflow/inspector/Inspector.module.css";
import type { AroundNode } from "@/pages/workflow/inspector/useLastValues";
import { useIsReadOnly } from "@/pages/workflow/inspector/useNode";
import { useEditor } from "@/pages/workflow/store/editorStore";

interface Props {
  path: NodePath;
  node: WorkflowNode;
  around: AroundNode;
  test: NodeTest;
}

type Side = "input" | "output";

export function DataTab({ path, node, around, test }: Props) {
  const [side, setSide] = useState<Side>("output");
  const catalogue = useEditor((state) => state.catalogue);
  const isPinned = hasPin(node) && node.pinned !== undefined;
  const tried = test.result;
  const outputs = (tried === undefined
    ? isPinned && node.pinned !== undefined
      ? pinnedPorts(node, catalogue, node.pinned)
      : around.result?.outputs
    : tried.outputs) as Ports | undefined;
  const shown = side === "input" ? around.inputs : (outputs ?? {});
  const failure = tried === undefined ? (isPinned ? undefined : around.result?.error) : tried.error;
  return (
    <>
      {test.isPossible && <TestPart test={test} inputs={around.inputs} />}
      <section className={look.part} aria-label="Values">
        <div className={classes.bar}>
          <SegmentedControl
            size="xs"
            aria-label="Side"
            value={side}
            onChange={(value) => setSide(value as Side)}
            data={[
              { value: "input", label: "Input" },
              { value: "output", label: "Output" },
            ]}
          />
          <span className={classes.origin}>{originOf(side, tried !== undefined, isPinned, around.runId)}</span>
          <IterationStepper around={around} />
          {tried !== undefined && (
            <Button size="compact-xs" variant="subtle" onClick={test.forget}>
              Back to the run
            </Button>
          )}
        </div>
        {side === "output" && (
          <div className={classes.bar}>
            {tried !== undefined ? <StatusBadge status={tried.status} /> : around.result && !isPinned && <StatusBadge status={around.result.status} />}
            {typeof tried?.duration_ms === "number" && (
              <span className={classes.took}>
                <Took ms={tried.duration_ms} />
              </span>
            )}
            <PinButton path={path} node={node} outputs={outputs} isPinned={isPinned} />
          </div>
        )}
        {isPinned && side === "output" && tried === undefined && (
          <p className={classes.pinned}>Pinned: in test mode the node gives this and does not run.</p>
        )}
        {around.error !== null && tried === undefined && <ProblemNotice error={around.error} />}
        {side === "output" && failure && (
          <div className={classes.failure} role="alert">
            <p>{failure.message}</p>
            <code>{failure.type}</code>
          </div>
        )}
        {Object.keys(shown).length === 0 ? (
          !failure && <Nothing side={side} hasRun={around.runId !== undefined} />
        ) : (
          Object.entries(shown).map(([port, value]) => (
            <DataView key={`${side} ${port}`} name={port} value={value as Json} reference={side === "input" ? `input.${port}` : `nodes.${node.id}.${port}`} />
          ))
        )}
      </section>
    </>
  );
}

function originOf(side: Side, isTest: boolean, isPinned: boolean, run: string | undefined): string {
  if (side === "output" && isTest) return "of this test";
  if (side === "output" && isPinned) return "pinned";
  return run === undefined ? "" : "of the last run";
}

function Nothing({ side, hasRun }: { side: Side; hasRun: boolean }) {
  if (!hasRun) return <EmptyState compact title="No values yet">Run the workflow, or test this node: what arrives and what comes out is shown here.</EmptyState>;
  return <p className={look.quiet}>{side === "input" ? "Nothing arrived at it in the last run." : "It gave nothing in the last run."}</p>;
}

interface PinProps {
  path: NodePath;
  node: WorkflowNode;
  outputs: Ports | undefined;
  isPinned: boolean;
}

function PinButton({ path, node, outputs, isPinned }: PinProps) {
  const apply = useEditor((state) => state.apply);
  const catalogue = useEditor((state) => state.catalogue);
  const isReadOnly = useIsReadOnly();
  const hasValue = outputs !== undefined && Object.keys(outputs).length > 0;
  if (isReadOnly || (!isPinned && !hasValue)) return null;
  const pin = (value: Json | undefined) => void apply(null, (workflow) => setPinned(workflow, path, value));
  return (
    <Button
      className={classes.pin ?? ""}
      size="compact-xs"
      variant="default"
      leftSection={isPinned ? <PinOff size={13} /> : <Pin size={13} />}
      onClick={() => pin(isPinned || outputs === undefined ? undefined : toPin(node, catalogue, outputs))}
    >
      {isPinned ? "Unpin" : "Pin"}
    </Button>
  );
}
