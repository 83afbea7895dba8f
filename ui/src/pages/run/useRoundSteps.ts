// Rounds by keys and on the graph: `,` and `.` step the innermost container that goes round, of the node that is chosen.
import { useCallback, useMemo } from "react";
import type { Action } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import type { RunState } from "@/record/history";
import { nodePathOf, roundsOf, runPathOf, writeChosen } from "@/record/rounds";
import { roundBeside, type Stepping, steppingOf, steppingsOf } from "@/pages/run/stepping";
import type { RunView } from "@/pages/run/address";
import type { useRunView } from "@/pages/run/useRunView";

interface RoundSteps {
  /** Of the containers around the chosen node; where none is chosen, of the outermost. */
  steppings: readonly Stepping[];
  onRound: (container: string, round: number) => void;
}

const MOST = 3;

export function useRoundSteps(state: RunState, { view, viewNow, set }: ReturnType<typeof useRunView>): RoundSteps {
  const rounds = useMemo(() => roundsOf(state.nodes), [state.nodes]);
  const outer = useMemo(() => [...rounds.keys()].filter((container) => !container.includes("/")), [rounds]);
  const steppingsIn = useCallback(
    ({ nodePath, chosen }: RunView): Stepping[] => {
      const around = nodePath === null ? [] : steppingsOf(nodePath, state, rounds, chosen);
      if (around.length > 0) return around;
      return outer.slice(0, MOST).flatMap((container) => steppingOf(nodePathOf(container), state, rounds, chosen) ?? []);
    },
    [state, rounds, outer],
  );
  const onRound = useCallback(
    (container: string, round: number) => {
      const { chosen, nodePath } = viewNow();
      const next = { ...chosen, [container]: round };
      set({ rounds: writeChosen(next), ...(nodePath === null ? {} : { node: runPathOf(nodePath, rounds, next) }) });
    },
    [viewNow, set, rounds],
  );
  const actions = useMemo<Action[]>(() => {
    const go = (way: 1 | -1) => {
      const stepping = steppingsIn(viewNow()).at(-1);
      const round = stepping && roundBeside(stepping, way);
      if (stepping !== undefined && round !== undefined) onRound(stepping.container, round);
    };
    const refusal = outer.length === 0 ? "Nothing in this run has gone round." : null;
    return [
      { id: "run.roundBefore", title: "Round before", section: "Run", keys: ",", refusal, run: () => go(-1) },
      { id: "run.roundNext", title: "Next round", section: "Run", keys: ".", refusal, run: () => go(1) },
    ];
  }, [outer, steppingsIn, viewNow, onRound]);
  useActions(actions);
  return { steppings: useMemo(() => steppingsIn(view), [steppingsIn, view]), onRound };
}
