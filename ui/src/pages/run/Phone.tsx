// The run on a phone: how it stands, what waits for one, and when what happened.
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { pausedNodes } from "@/pages/run/breakpoints";
import { DebugBar } from "@/pages/run/DebugBar";
import { RunHeader } from "@/pages/run/RunHeader";
import type { Shown } from "@/pages/run/shown";
import { Side } from "@/pages/run/Side";
import { TimelineView } from "@/pages/run/TimelineView";
import { useMoment } from "@/pages/run/useMoment";
import { useRunView } from "@/pages/run/useRunView";

export function Phone(shown: Shown) {
  const { record, run, titleOf } = shown;
  const address = useRunView();
  const { view, set, select } = address;
  const { now } = useMoment(record, run, null, set);
  return (
    <Page>
      <RunHeader run={run} status={now.status} live={record.live.state} isPaused={now.status === "suspended" && pausedNodes(now).length > 0} onDo={(doing) => set({ do: doing })} />
      {run.debug && !["completed", "failed", "cancelled"].includes(now.status) && (
        <DebugBar run={run} state={now} titleOf={titleOf} selected={view.node} onSelect={select} />
      )}
      <Side {...shown} {...address} state={now} isNow />
      <Panel title="Timeline" flush>
        <TimelineView state={now} moment={null} selected={view.node} titleOf={titleOf} onSelect={select} onMoment={null} marks={3} />
      </Panel>
    </Page>
  );
}
