// At a breakpoint: what the node would get, to be changed before it runs, or an output in its place.
import { Button, SegmentedControl, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { continueRun } from "@/api/debug";
import { keys } from "@/api/keys";
import { useMay } from "@/api/me";
import type { Run } from "@/api/run";
import { ProblemNotice } from "@/components/ProblemNotice";
import { ValueView } from "@/components/values/ValueView";
import { editedOutputs, parseJson } from "@/pages/run/json";
import classes from "@/pages/run/Panel.module.css";

export type Wait = NonNullable<Run["waits"]>[number];

const WAYS = [
  { value: "run", label: "Run it" },
  { value: "instead", label: "Give an output instead" },
];

export function PausedForm({ runId, wait }: { runId: string; wait: Wait }) {
  const client = useQueryClient();
  const mayDebug = useMay("editor");
  const [way, setWay] = useState("run");
  const [instead, setInstead] = useState("");
  const inputs = wait.inputs ?? {};
  const cut = wait.cut ?? {};
  const whole = Object.fromEntries(Object.entries(inputs).filter(([port]) => !(`inputs.${port}` in cut) && !(port in cut)));
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(Object.entries(whole).map(([port, value]) => [port, JSON.stringify(value ?? null, null, 2)])),
  );
  const edited = editedOutputs(wait.node, whole, texts);
  const parsed = parseJson(instead);
  const isWrong = way === "run" ? edited.isWrong : parsed.error !== null;
  const go = useMutation({
    mutationFn: (step: boolean) =>
      continueRun(runId, {
        nodes: [wait.node],
        step,
        ...(way === "run" ? { inputs: edited.outputs } : { outputs: { [wait.node]: parsed.value } }),
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.runs.one(runId) }),
  });
  const config = wait.config ?? {};
  return (
    <section className={classes.task} aria-label="At a breakpoint">
      <h2>It has not run yet</h2>
      {Object.keys(config).length > 0 && <ValueView label="config" detail="as it comes out" value={config} />}
      {!mayDebug && Object.entries(inputs).map(([port, value]) => <ValueView key={port} label={port} value={value} />)}
      {mayDebug && (
        <>
          <SegmentedControl aria-label="What happens here" data={WAYS} value={way} onChange={setWay} />
          {way === "run" ? (
            Object.entries(texts).map(([port, text]) => (
              <Textarea
                key={port}
                label={`Input ${port}, as JSON`}
                classNames={{ input: classes.json ?? "" }}
                autosize
                minRows={2}
                maxRows={12}
                value={text}
                error={parseJson(text).error}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  setTexts((before) => ({ ...before, [port]: value }));
                }}
              />
            ))
          ) : (
            <Textarea
              label="Its output, as JSON"
              description="The node does not run: this is taken for what it gave."
              classNames={{ input: classes.json ?? "" }}
              autosize
              minRows={2}
              maxRows={12}
              value={instead}
              error={instead.trim() === "" ? null : parsed.error}
              onChange={(event) => setInstead(event.currentTarget.value)}
            />
          )}
          {go.error !== null && <ProblemNotice error={go.error} />}
          <div className={classes.buttons}>
            <Button size="xs" disabled={isWrong} loading={go.isPending} onClick={() => go.mutate(false)}>
              {way === "run" && Object.keys(edited.outputs).length === 0 ? "Continue" : "Continue with this"}
            </Button>
            <Button size="xs" variant="default" disabled={isWrong} loading={go.isPending} onClick={() => go.mutate(true)}>
              Step
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
