// The run at a desk: the graph, what is beside it, and below it time and log.
import { Tabs } from "@mantine/core";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Faces } from "@/components/graph/faces";
import { GraphView } from "@/components/graph/GraphView";
import { Lines } from "@/components/Loaded";
import { ProblemNotice } from "@/components/ProblemNotice";
import classes from "@/pages/run/Desk.module.css";
import { facesOf } from "@/pages/run/facesOf";
import { LogView } from "@/pages/run/LogView";
import { countBy } from "@/pages/run/recording";
import { roundsOf, runPathOf } from "@/pages/run/rounds";
import { RunHeader } from "@/pages/run/RunHeader";
import { Scrubber } from "@/pages/run/Scrubber";
import type { Shown } from "@/pages/run/shown";
import { Side } from "@/pages/run/Side";
import { TimelineView } from "@/pages/run/TimelineView";
import { useMoment } from "@/pages/run/useMoment";
import { type Doing, useRunView } from "@/pages/run/useRunView";

export function Desk(shown: Shown) {
  const { record, run, sheet, titleOf, trouble } = shown;
  const { recording, count, isWhole } = record;
  const address = useRunView();
  const { view, set, select } = address;
  const { now, state, shown: place, isNow, show } = useMoment(record, run, view.at, set);
  const [faces] = useState(() => new Faces());
  useEffect(() => {
    if (sheet !== undefined) faces.set(facesOf(state, sheet.nodes, view.chosen));
  }, [faces, sheet, state, view.chosen]);
  const onSelect = useCallback(
    (path: string | null) => select(path === null ? null : runPathOf(path, roundsOf(state.nodes), view.chosen)),
    [select, state, view.chosen],
  );
  const onDo = useCallback((doing: Doing) => set({ do: doing }), [set]);
  const events = useMemo(() => (isWhole ? recording.events.slice(0, place) : null), [isWhole, recording, place]);
  return (
    <div className={classes.desk}>
      <RunHeader run={run} status={now.status} live={record.live.state} onDo={onDo} />
      <div className={classes.middle}>
        {sheet === undefined ? (
          <div className={classes.graph}>{trouble ? <ProblemNotice error={trouble} /> : <Lines count={5} />}</div>
        ) : (
          <GraphView
            sheet={sheet}
            faces={faces}
            selected={view.nodePath}
            onSelect={onSelect}
            overlay={!isNow && <p className={classes.then}>As it stood then</p>}
          />
        )}
        <aside className={classes.side} aria-label="Details">
          <Side {...shown} {...address} state={state} isNow={isNow} />
        </aside>
      </div>
      {isWhole && (
        <Scrubber
          recording={recording}
          count={count}
          shown={place}
          isNow={isNow}
          isOver={["completed", "failed", "cancelled"].includes(now.status)}
          onShow={show}
        />
      )}
      <Tabs
        className={classes.dock ?? ""}
        classNames={{ panel: classes.part ?? "" }}
        value={view.dock}
        onChange={(dock) => set({ dock: dock === "timeline" ? null : dock })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="timeline">
          <TimelineView
            state={now}
            moment={isNow ? null : state.at}
            selected={view.node}
            titleOf={titleOf}
            onSelect={select}
            onMoment={isWhole ? (at) => show(Math.max(1, countBy(recording, at))) : null}
          />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <LogView runId={run.id} events={events} onSelect={select} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
