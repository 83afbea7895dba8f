// A test that is debugged: where it stands, and the way on.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Bug, Play, Square, StepForward } from "lucide-react";
import { useEffect, useEffectEvent, useMemo, useRef } from "react";
import type { Action } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import { type ContinueBody, continueRun, setBreakpoints } from "@/api/debug";
import { keys } from "@/api/keys";
import { useMay } from "@/api/me";
import type { Run } from "@/api/run";
import { cancelRun } from "@/api/runs";
import { tellProblem } from "@/components/notices";
import { counted } from "@/format/number";
import { pausedNodes, toggled } from "@/pages/run/breakpoints";
import classes from "@/pages/run/DebugBar.module.css";
import type { RunState } from "@/record/history";
import { nodePathOf } from "@/record/rounds";

interface Props {
  run: Run;
  state: RunState;
  titleOf: (nodePath: string) => string;
  /** The chosen node of the run. */
  selected: string | null;
  onSelect: (runPath: string) => void;
}

export function DebugBar({ run, state, titleOf, selected, onSelect }: Props) {
  const client = useQueryClient();
  const mayDebug = useMay("editor");
  const refresh = () => client.invalidateQueries({ queryKey: keys.runs.one(run.id) });
  const { mutate: go, isPending } = useMutation({ mutationFn: (body: ContinueBody) => continueRun(run.id, body), onSuccess: refresh, onError: tellProblem });
  const { mutate: stop, isPending: isStopping } = useMutation({ mutationFn: () => cancelRun(run.id), onSuccess: refresh, onError: tellProblem });
  const { mutate: mark } = useMutation({ mutationFn: (paths: string[]) => setBreakpoints(run.id, paths), onSuccess: refresh, onError: tellProblem });
  const chosen = selected === null ? null : nodePathOf(selected);
  const paused = pausedNodes(state);
  const first = paused[0];
  const breakpoints = run.debug?.breakpoints;
  // It is looked at where it stands, unless one looks elsewhere.
  const follow = useEffectEvent((stands: string, before: string | null) => {
    if (selected === null || selected === before) onSelect(stands);
  });
  const stood = useRef<string | null>(null);
  useEffect(() => {
    if (first !== undefined) follow(first, stood.current);
    stood.current = first ?? stood.current;
  }, [first]);
  const refusal = first === undefined ? "It stands at no breakpoint." : null;
  const actions = useMemo<Action[]>(() => {
    if (!mayDebug) return [];
    return [
      { id: "run.step", title: "Step: run one node, then stop", section: "Run", icon: StepForward, keys: "f10", refusal, run: () => go({ step: true }) },
      { id: "run.continue", title: "Continue to the next breakpoint", section: "Run", icon: Play, keys: "f8", refusal, run: () => go({}) },
      {
        id: "run.breakpoint",
        title: "Set or remove a breakpoint",
        section: "Run",
        icon: Bug,
        keys: "b",
        refusal: chosen === null ? "Choose a node first." : null,
        run: () => chosen !== null && mark(toggled(breakpoints ?? [], chosen)),
      },
    ];
  }, [mayDebug, refusal, go, mark, chosen, breakpoints]);
  useActions(actions);
  return (
    <section className={classes.bar} aria-label="Debugging" data-paused={first !== undefined || undefined}>
      <Bug size={15} aria-hidden="true" />
      <p>
        {first === undefined ? (
          state.status === "running" ? "Runs to the next breakpoint." : "Waits, at no breakpoint."
        ) : (
          <>
            Stands before{" "}
            <button type="button" onClick={() => onSelect(first)}>
              {titleOf(nodePathOf(first))}
            </button>
            {paused.length > 1 && ` and ${counted(paused.length - 1, "more", "more")}`}
          </>
        )}
        <span className={classes.count}>{counted(breakpoints?.length ?? 0, "breakpoint")}</span>
      </p>
      {mayDebug && (
        <div className={classes.buttons}>
          <Button size="xs" variant="default" leftSection={<StepForward size={14} />} title="Step  F10" disabled={refusal !== null} loading={isPending} onClick={() => go({ step: true })}>
            Step
          </Button>
          <Button size="xs" leftSection={<Play size={14} />} title="Continue  F8" disabled={refusal !== null} loading={isPending} onClick={() => go({})}>
            Continue
          </Button>
          <Button size="xs" variant="default" leftSection={<Square size={13} />} loading={isStopping} onClick={() => stop()}>
            Stop
          </Button>
        </div>
      )}
    </section>
  );
}
