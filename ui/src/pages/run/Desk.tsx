// The run at a desk: the graph, what is beside it, and below it time, log, or the chosen node in three columns.
import { Tabs } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Faces } from "@/components/graph/faces";
import { GraphView } from "@/components/graph/GraphView";
import { Lines } from "@/components/Loaded";
import { ProblemNotice } from "@/components/ProblemNotice";
import { CALM, useCalm } from "@/live/useCalm";
import type { Doing } from "@/pages/run/address";
import classes from "@/pages/run/Desk.module.css";
import { pausedNodes } from "@/pages/run/breakpoints";
import { DebugBar } from "@/pages/run/DebugBar";
import { facesOf } from "@/record/facesOf";
import { LogView } from "@/pages/run/LogView";
import { NodeDetail } from "@/pages/run/NodeDetail";
import { nodePropsOf } from "@/pages/run/nodeProps";
import { countBy, placeOf } from "@/record/recording";
import { nodePathOf, roundsOf, runPathOf } from "@/record/rounds";
import { RoundStepper } from "@/pages/run/RoundStepper";
import { RunHeader } from "@/pages/run/RunHeader";
import { Scrubber } from "@/pages/run/Scrubber";
import type { Shown } from "@/pages/run/shown";
import { Side } from "@/pages/run/Side";
import { TimelineView } from "@/pages/run/TimelineView";
import { useMoment } from "@/pages/run/useMoment";
import { useRoundSteps } from "@/pages/run/useRoundSteps";
import { useRunView } from "@/pages/run/useRunView";

const OVER = ["completed", "failed", "cancelled"];

export function Desk(shown: Shown) {
  const { record, run, sheet, titleOf, trouble } = shown;
  const { recording, count, isWhole } = record;
  const address = useRunView();
  const { view, viewNow, set, select } = address;
  const { now, state, shown: place, isNow, show } = useMoment(record, run, view.at, set);
  const [faces] = useState(() => new Faces());
  useEffect(() => {
    if (sheet !== undefined) faces.set(facesOf(state, sheet.nodes, view.chosen));
  }, [faces, sheet, state, view.chosen]);
  // With each event another function would be another property of every node there is.
  const runPathNow = useCallbackRef((path: string) => runPathOf(path, roundsOf(state.nodes), viewNow().chosen));
  const onSelect = useCallback((path: string | null) => select(path === null ? null : runPathNow(path)), [select, runPathNow]);
  const onOpen = useCallback((path: string) => select(runPathNow(path), { dock: "node" }), [select, runPathNow]);
  const { steppings, onRound } = useRoundSteps(state, address);
  const placeNow = useCallback(() => placeOf(recording, count, viewNow().at), [recording, count, viewNow]);
  const onDo = useCallback((doing: Doing) => set({ do: doing }), [set]);
  const isLogWhole = isWhole && view.dock === "log";
  const events = useMemo(() => (isLogWhole ? recording.events.slice(0, place) : null), [isLogWhole, recording, place]);
  // In proportion to how long drawing it takes.
  const calm = useCalm(now, CALM + now.nodes.size / 50);
  const onMoment = useCallbackRef((at: number) => show(Math.max(1, countBy(recording, at))));
  const detail = view.dock === "node" ? nodePropsOf({ ...shown, ...address, state, isNow }) : null;
  const breakpoints = useMemo(() => new Set((run.debug?.breakpoints ?? []).map(nodePathOf)), [run.debug]);
  const isOver = OVER.includes(now.status);
  return (
    <div className={classes.desk}>
      <RunHeader run={run} status={now.status} live={record.live.state} isPaused={now.status === "suspended" && pausedNodes(now).length > 0} onDo={onDo} />
      {run.debug && !isOver && <DebugBar run={run} state={now} titleOf={titleOf} selected={view.node} onSelect={select} />}
      <div className={classes.middle}>
        {sheet === undefined ? (
          <div className={classes.graph}>{trouble ? <ProblemNotice error={trouble} /> : <Lines count={5} />}</div>
        ) : (
          <div className={classes.board}>
            <GraphView
              sheet={sheet}
              faces={faces}
              selected={view.nodePath}
              onSelect={onSelect}
              onOpen={onOpen}
              breakpoints={breakpoints}
              isPast={isOver || !isNow}
              overlay={
                <div className={classes.over}>
                  {!isNow && <p className={classes.then}>As it stood then</p>}
                  {detail === null && steppings.map((one) => <RoundStepper key={one.container} stepping={one} onRound={onRound} isOnGraph />)}
                </div>
              }
            />
          </div>
        )}
        {(detail === null || view.doing !== null) && (
          <aside className={classes.side} aria-label="Details">
            <Side {...shown} {...address} state={state} isNow={isNow} onOpen={() => set({ dock: "node" })} />
          </aside>
        )}
      </div>
      {isWhole && (
        <Scrubber
          recording={recording}
          count={count}
          shown={place}
          placeNow={placeNow}
          isNow={isNow}
          isOver={isOver}
          onShow={show}
        />
      )}
      {/* Escape closes what is open below, wherever in it one is. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        className={classes.dock}
        data-open={detail !== null || undefined}
        onKeyDown={(event) => {
          if (event.key === "Escape" && detail !== null && !event.defaultPrevented) set({ dock: null });
        }}
      >
        <Tabs
          className={classes.tabs ?? ""}
          classNames={{ panel: classes.part ?? "" }}
          value={view.dock}
          onChange={(dock) => set({ dock: dock === "timeline" ? null : dock })}
          keepMounted={false}
        >
          <Tabs.List>
            <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
            <Tabs.Tab value="log">Log</Tabs.Tab>
            {view.nodePath !== null && <Tabs.Tab value="node">Node {titleOf(view.nodePath)}</Tabs.Tab>}
          </Tabs.List>
          <Tabs.Panel value="timeline">
            <TimelineView
              state={calm}
              moment={isNow ? null : state.at}
              selected={view.node}
              titleOf={titleOf}
              onSelect={select}
              onMoment={isWhole ? onMoment : null}
            />
          </Tabs.Panel>
          <Tabs.Panel value="log">
            <LogView runId={run.id} events={events} onSelect={select} />
          </Tabs.Panel>
          <Tabs.Panel value="node">{detail && <NodeDetail key={view.nodePath} {...detail} onClose={() => set({ dock: null })} />}</Tabs.Panel>
        </Tabs>
      </div>
    </div>
  );
}
