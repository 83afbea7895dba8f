// Beside the graph: what is being done, the node that is chosen, or the run as a whole.
import { ForkPanel } from "@/pages/run/ForkPanel";
import type { RunState } from "@/record/history";
import { MovePanel } from "@/pages/run/MovePanel";
import { NodePanel } from "@/pages/run/NodePanel";
import { nodePropsOf } from "@/pages/run/nodeProps";
import { Overview } from "@/pages/run/Overview";
import type { Shown } from "@/pages/run/shown";
import { SignalPanel } from "@/pages/run/SignalPanel";
import type { useRunView } from "@/pages/run/useRunView";

interface Props extends Shown, ReturnType<typeof useRunView> {
  state: RunState;
  isNow: boolean;
  /** Show the node in three columns, where there is room for them. */
  onOpen?: () => void;
}

export function Side(props: Props) {
  const { run, state, isNow, view, set, select, onOpen } = props;
  const { node, doing } = view;
  const stop = () => set({ do: null });
  if (doing === "move") return <MovePanel runId={run.id} workflow={run.workflow} version={run.version} onClose={stop} />;
  if (doing === "signal") return <SignalPanel run={run} onClose={stop} />;
  const shown = nodePropsOf(props);
  if (node === null || shown === null) return <Overview run={run} state={state} isNow={isNow} onNode={select} />;
  if (doing === "fork") {
    return <ForkPanel key={node} runId={run.id} workflow={run.workflow} path={node} known={shown.known} onClose={stop} />;
  }
  return <NodePanel key={view.nodePath} {...shown} onOpen={onOpen ?? null} />;
}
