// Beside the graph: what is being done, the node that is chosen, or the run as a whole.
import { nodesByPath } from "@/model/path";
import type { RunState } from "@/pages/run/history";
import { ForkPanel } from "@/pages/run/ForkPanel";
import { MovePanel } from "@/pages/run/MovePanel";
import { NodePanel } from "@/pages/run/NodePanel";
import { Overview } from "@/pages/run/Overview";
import { roundsOf, runPathOf, writeChosen } from "@/pages/run/rounds";
import type { Shown } from "@/pages/run/shown";
import { SignalPanel } from "@/pages/run/SignalPanel";
import type { useRunView } from "@/pages/run/useRunView";

interface Props extends Shown, ReturnType<typeof useRunView> {
  state: RunState;
  isNow: boolean;
}

export function Side({ run, workflow, sheet, state, isNow, view, set, select }: Props) {
  const { node, nodePath, chosen, doing } = view;
  const stop = () => set({ do: null });
  if (doing === "move") return <MovePanel runId={run.id} workflow={run.workflow} version={run.version} onClose={stop} />;
  if (doing === "signal") return <SignalPanel run={run} onClose={stop} />;
  if (node === null || nodePath === null) return <Overview run={run} state={state} isNow={isNow} onNode={select} />;
  if (doing === "fork") {
    return <ForkPanel key={node} runId={run.id} workflow={run.workflow} path={node} known={state.nodes.get(node)} onClose={stop} />;
  }
  const rounds = roundsOf(state.nodes);
  return (
    <NodePanel
      key={node}
      runId={run.id}
      runPath={node}
      nodePath={nodePath}
      node={workflow && nodesByPath(workflow).get(nodePath)}
      typeTitle={sheet?.nodes.find((one) => one.path === nodePath)?.typeTitle ?? "Node"}
      state={state}
      isNow={isNow}
      wires={sheet?.wires ?? []}
      rounds={rounds}
      chosen={chosen}
      onRound={(container, round) => {
        const next = { ...chosen, [container]: round };
        set({ rounds: writeChosen(next), node: runPathOf(nodePath, rounds, next) });
      }}
      onFork={() => set({ do: "fork" })}
      onClose={() => select(null)}
    />
  );
}
