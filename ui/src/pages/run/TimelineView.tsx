// When each node ran: a bar each, along one axis. Rounds of a container fold under it.
import { ActionIcon } from "@mantine/core";
import { ChevronDown, ChevronRight, Minus, Plus } from "lucide-react";
import { memo, useMemo, useState } from "react";
import { EmptyState } from "@/components/EmptyState";
import { lookOf } from "@/components/status";
import { duration } from "@/format/time";
import { useNow } from "@/format/useNow";
import type { RunState } from "@/record/history";
import { Scroll } from "@/components/Scroll";
import { axisOf, type Bar, barsOf, marksOf, spanText } from "@/record/timeline";
import classes from "@/pages/run/TimelineView.module.css";

interface Props {
  /** At the end of what has happened. */
  state: RunState;
  /** The moment that is shown, in milliseconds of the clock. */
  moment: number | null;
  selected: string | null;
  titleOf: (nodePath: string) => string;
  onSelect: (runPath: string) => void;
  onMoment: ((at: number) => void) | null;
  /** About how many marks the axis has room for. */
  marks?: number;
}

const MOST_BARS = 400;

export const TimelineView = memo(function TimelineView({ state, moment, selected, titleOf, onSelect, onMoment, marks = 8 }: Props) {
  const [zoom, setZoom] = useState(1);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const bars = useMemo(() => barsOf(state, titleOf), [state, titleOf]);
  const isOver = !bars.some((bar) => bar.to === null);
  const clock = useNow((now) => (isOver ? 0 : now.getTime()));
  if (bars.length === 0) return <EmptyState compact title="No node has run yet" />;
  const [from, to] = axisOf(bars, state.at, clock);
  const span = to - from;
  const parents = new Set(bars.flatMap((bar) => bar.groups));
  const shown = bars.filter((bar) => !bar.groups.some((group) => closed.has(group)));
  const place = (at: number): number => ((at - from) / span) * 100;
  const fold = (path: string) =>
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  return (
    <div className={classes.timeline}>
      <div className={classes.tools} role="group" aria-label="Zoom of the timeline">
        <ActionIcon aria-label="Less of it, larger" onClick={() => setZoom((now) => Math.min(64, now * 2))}>
          <Plus size={15} />
        </ActionIcon>
        <ActionIcon aria-label="More of it, smaller" disabled={zoom === 1} onClick={() => setZoom((now) => Math.max(1, now / 2))}>
          <Minus size={15} />
        </ActionIcon>
      </div>
      <Scroll className={classes.scroll} label="Timeline">
        <div className={classes.rows} style={{ width: `${zoom * 100}%` }}>
          <div className={classes.axis}>
            <span className={classes.name}>{duration(span)}</span>
            <button
              type="button"
              className={classes.track}
              tabIndex={-1}
              aria-hidden="true"
              disabled={onMoment === null}
              onClick={(event) => {
                const box = event.currentTarget.getBoundingClientRect();
                onMoment?.(from + ((event.clientX - box.left) / box.width) * span);
              }}
            >
              {marksOf(span, marks * zoom).map((mark) => (
                <i key={mark} style={{ left: `${(mark / span) * 100}%` }}>
                  {mark === 0 ? "0" : duration(mark)}
                </i>
              ))}
            </button>
          </div>
          {shown.slice(0, MOST_BARS).map((bar) => (
            <Row
              key={bar.path}
              bar={bar}
              left={place(bar.from)}
              width={place(bar.to ?? Math.max(to, bar.from)) - place(bar.from)}
              waiting={bar.waitingFrom === null ? null : place(bar.waitingFrom) - place(bar.from)}
              isParent={parents.has(bar.path)}
              isClosed={closed.has(bar.path)}
              isSelected={bar.path === selected}
              onFold={() => fold(bar.path)}
              onSelect={() => (bar.isGroup ? fold(bar.path) : onSelect(bar.path))}
            />
          ))}
          {moment !== null && (
            <div className={classes.over} aria-hidden="true">
              <div className={classes.playhead} style={{ left: `${Math.min(100, Math.max(0, place(moment)))}%` }} />
            </div>
          )}
        </div>
        {shown.length > MOST_BARS && <p className={classes.more}>{shown.length - MOST_BARS} more: fold rounds to see them.</p>}
      </Scroll>
    </div>
  );
});

interface RowProps {
  bar: Bar;
  left: number;
  width: number;
  waiting: number | null;
  isParent: boolean;
  isClosed: boolean;
  isSelected: boolean;
  onFold: () => void;
  onSelect: () => void;
}

function Row({ bar, left, width, waiting, isParent, isClosed, isSelected, onFold, onSelect }: RowProps) {
  const { tone, label } = lookOf(bar.status);
  const took = bar.to === null ? "" : spanText(bar.to - bar.from);
  return (
    <div className={classes.row} data-selected={isSelected || undefined}>
      <span className={classes.name} style={{ paddingInlineStart: `${0.25 + bar.depth * 0.75}rem` }}>
        {isParent ? (
          <button type="button" className={classes.fold} aria-expanded={!isClosed} aria-label={`What is in ${bar.title}`} onClick={onFold}>
            {isClosed ? <ChevronRight size={13} /> : <ChevronDown size={13} />}
          </button>
        ) : (
          <span className={classes.fold} />
        )}
        <button type="button" className={classes.title} onClick={onSelect} aria-label={`${bar.title}: ${label}${took && `, ${took}`}`}>
          {bar.title}
        </button>
      </span>
      <span className={classes.track}>
        <span
          className={classes.bar}
          data-tone={tone}
          data-group={bar.isGroup || isParent || undefined}
          data-open={bar.to === null || undefined}
          style={{ left: `${left}%`, width: `max(3px, ${width}%)` }}
        >
          {waiting !== null && width > 0 && <i style={{ left: `${(waiting / width) * 100}%` }} />}
        </span>
        <small data-end={left + width > 85 || undefined} style={left + width > 85 ? { right: `${100 - left}%` } : { left: `${left + width}%` }}>
          {took}
        </small>
      </span>
    </div>
  );
}
