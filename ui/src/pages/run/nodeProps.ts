// What the panel and the columns of the chosen node show.
import { nodesByPath } from "@/model/path";
import type { RunState } from "@/record/history";
import { incomingOf } from "@/pages/run/incoming";
import type { NodeProps } from "@/pages/run/NodePanel";
import { roundsOf, runPathOf, writeChosen } from "@/record/rounds";
import type { Shown } from "@/pages/run/shown";
import { steppingsOf } from "@/pages/run/stepping";
import type { useRunView } from "@/pages/run/useRunView";

interface Given extends Shown, ReturnType<typeof useRunView> {
  state: RunState;
  isNow: boolean;
}

/** Null where none is chosen. */
export function nodePropsOf({ run, workflow, sheet, state, isNow, view, set, select }: Given): NodeProps | null {
  const { node, nodePath, chosen } = view;
  if (node === null || nodePath === null) return null;
  const rounds = roundsOf(state.nodes);
  return {
    runId: run.id,
    runPath: node,
    node: workflow && nodesByPath(workflow).get(nodePath),
    typeTitle: sheet?.nodes.find((one) => one.path === nodePath)?.typeTitle ?? "Node",
    known: state.nodes.get(node),
    paused: (run.waits ?? []).find((wait) => wait.node === node && wait.kind === "breakpoint"),
    isNow,
    incoming: incomingOf(nodePath, sheet?.wires ?? [], state, rounds, chosen),
    steppings: steppingsOf(nodePath, state, rounds, chosen),
    onRound: (container, round) => {
      const next = { ...chosen, [container]: round };
      set({ rounds: writeChosen(next), node: runPathOf(nodePath, rounds, next) });
    },
    onFork: () => set({ do: "fork" }),
    onClose: () => select(null),
  };
}
