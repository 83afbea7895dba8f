// A new run from the middle of this one: what the node is to have given, and what will run again.
import { Button, CloseButton, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { GitFork, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { forkRun, planFork, runNode, type ForkPlan } from "@/api/run";
import { keys } from "@/api/keys";
import { Lines } from "@/components/Loaded";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { NodeState } from "@/record/history";
import { editedOutputs, parseJson } from "@/pages/run/json";
import classes from "@/pages/run/Panel.module.css";

interface Props {
  runId: string;
  workflow: string;
  path: string;
  known: NodeState | undefined;
  onClose: () => void;
}

export function ForkPanel(props: Props) {
  const whole = useQuery(runNode(props.runId, props.path));
  return (
    <div className={classes.panel}>
      <header className={classes.head}>
        <div>
          <h2>Fork here</h2>
          <p className={classes.quiet}>
            A new run goes on from <code>{props.path}</code>. This one stays as it is.
          </p>
        </div>
        <CloseButton aria-label="Close" onClick={props.onClose} />
      </header>
      {whole.isPending ? <Lines count={4} /> : <ForkForm {...props} outputs={whole.data?.outputs ?? props.known?.outputs ?? {}} />}
    </div>
  );
}

function ForkForm({ runId, workflow, path, known, outputs }: Props & { outputs: Readonly<Record<string, unknown>> }) {
  const navigate = useNavigate();
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(Object.entries(outputs).map(([port, value]) => [port, JSON.stringify(value, null, 2)])),
  );
  const edited = editedOutputs(path, outputs, texts);
  const [outputsLater] = useDebouncedValue(JSON.stringify(edited.outputs), 300);
  const body = { at: path, outputs: JSON.parse(outputsLater) as Record<string, unknown> };
  const plan = useQuery({
    queryKey: [...keys.runs.one(runId), "fork", body],
    queryFn: ({ signal }) => planFork(runId, body as never, signal),
    enabled: !edited.isWrong,
  });
  const fork = useMutation({
    mutationFn: () => forkRun(runId, { at: path, outputs: edited.outputs } as never),
    onSuccess: (id) => void navigate(`/w/${encodeURIComponent(workflow)}/runs/${encodeURIComponent(id)}`),
  });
  const isEdited = Object.keys(edited.outputs).length > 0;
  return (
    <>
      {Object.keys(texts).length === 0 && (
        <p className={classes.quiet}>
          {known?.status === "failed" ? "It failed and gave nothing: it runs again." : "It gave nothing: it runs again."}
        </p>
      )}
      {Object.entries(texts).map(([port, text]) => (
        <Textarea
          key={port}
          label={`What ${path}.${port} gives`}
          description="As JSON. Change it, and the node does not run again: this is taken for its output."
          classNames={{ input: classes.json ?? "" }}
          autosize
          minRows={3}
          maxRows={16}
          value={text}
          error={parseJson(text).error}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setTexts((before) => ({ ...before, [port]: value }));
          }}
        />
      ))}
      {!edited.isWrong && plan.error !== null && <ProblemNotice error={plan.error} />}
      {!edited.isWrong && plan.data && <Plan plan={plan.data} />}
      {fork.error !== null && <ProblemNotice error={fork.error} />}
      <div className={classes.buttons}>
        <Button
          leftSection={<GitFork size={15} />}
          onClick={() => fork.mutate()}
          loading={fork.isPending}
          disabled={edited.isWrong || plan.error !== null}
        >
          {isEdited ? "Fork with this output" : "Fork and run it again"}
        </Button>
      </div>
    </>
  );
}

function Plan({ plan }: { plan: ForkPlan }) {
  return (
    <dl className={classes.plan}>
      <dt>Runs again</dt>
      <dd>{plan.anew.length > 0 ? plan.anew.map((path) => <code key={path}>{path}</code>) : "Nothing"}</dd>
      {plan.edited.length > 0 && (
        <>
          <dt>Taken as written</dt>
          <dd>
            {plan.edited.map((path) => (
              <code key={path}>{path}</code>
            ))}
          </dd>
        </>
      )}
      <dt>Kept</dt>
      <dd>{plan.kept.length > 0 ? plan.kept.map((path) => <code key={path}>{path}</code>) : "Nothing"}</dd>
      {plan.effects.length > 0 && (
        <>
          <dt className={classes.warn}>
            <TriangleAlert size={14} aria-hidden="true" /> Touches the world
          </dt>
          <dd>
            {plan.effects.map((path) => (
              <code key={path}>{path}</code>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}
