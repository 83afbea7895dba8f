// Saying what became of an effect of which nobody knows whether it happened.
import { Button, SegmentedControl, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { useMay } from "@/api/me";
import { type Outcome, resolveNode } from "@/api/run";
import { ProblemNotice } from "@/components/ProblemNotice";
import { parseJson } from "@/pages/run/json";
import classes from "@/pages/run/Panel.module.css";

const OUTCOMES = [
  { value: "done", label: "It happened" },
  { value: "repeat", label: "Do it again" },
  { value: "failed", label: "It failed" },
];

export function ResolveForm({ runId, path }: { runId: string; path: string }) {
  const client = useQueryClient();
  const mayOperate = useMay("operator");
  const [outcome, setOutcome] = useState<Outcome>("done");
  const [output, setOutput] = useState("");
  const parsed = parseJson(output);
  const resolve = useMutation({
    mutationFn: () => resolveNode(runId, path, outcome, outcome === "done" && output.trim() !== "" ? parsed.value : undefined),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.runs.one(runId) }),
  });
  return (
    <section className={classes.task} aria-label="In doubt">
      <h2>Did it happen?</h2>
      <p>The server stopped while this was under way. Look where it acts, then say what became of it; the run goes on.</p>
      {mayOperate ? (
        <>
          <SegmentedControl
            aria-label="What became of it"
            data={OUTCOMES}
            value={outcome}
            onChange={(value) => setOutcome(value as Outcome)}
          />
          {outcome === "done" && (
            <Textarea
              label="Its output, as JSON"
              description="What it gave, if what follows reads it."
              autosize
              minRows={2}
              value={output}
              error={output.trim() === "" ? null : parsed.error}
              onChange={(event) => setOutput(event.currentTarget.value)}
            />
          )}
          {resolve.error !== null && <ProblemNotice error={resolve.error} />}
          <div className={classes.buttons}>
            <Button
              onClick={() => resolve.mutate()}
              loading={resolve.isPending}
              disabled={outcome === "done" && output.trim() !== "" && parsed.error !== null}
            >
              Go on
            </Button>
          </div>
        </>
      ) : (
        <p className={classes.quiet}>Saying so takes the role operator.</p>
      )}
    </section>
  );
}
