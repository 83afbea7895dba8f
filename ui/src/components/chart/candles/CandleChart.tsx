// Candles with the trades marked and indicators in panes. Comes with its library: only pages that draw it load it.
import { useComputedColorScheme } from "@mantine/core";
import { Maximize, Minus, Plus } from "lucide-react";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import type { Candles } from "@/api/backtestTypes";
import classes from "@/components/chart/candles/CandleChart.module.css";
import { CandleDrawing, heightOf, linesOf } from "@/components/chart/candles/drawing";
import { type Mark, placeAt, type Stretch } from "@/components/chart/candles/marks";
import { amount } from "@/format/money";

interface Props {
  candles: Candles;
  marks: readonly Mark[];
  /** Milliseconds: the bar one looks at. */
  moment: number | null;
  onMoment: (moment: number) => void;
  /** What is in sight has changed, and rests. */
  onSeen: (seen: Stretch) => void;
  /** All of it is wanted again; whether that is to be read first. */
  onWhole: () => boolean;
  /** What it shows, in words. */
  label: string;
  isLow?: boolean;
}

const REST = 220;
/** Bars on each side of the moment when it is gone to. */
const AROUND = 60;

/** Its colours are those of the theme, which it takes when it is made: another theme is another chart. */
export default function CandleChart(props: Props) {
  return <Drawn key={useComputedColorScheme("light")} {...props} />;
}

function Drawn({ candles, marks, moment, onMoment, onSeen, onWhole, label, isLow = false }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLDivElement>(null);
  const drawing = useRef<CandleDrawing | null>(null);
  const [under, setUnder] = useState<number | null>(null);

  const tell = useEffectEvent((seen: Stretch) => onSeen(seen));
  const choose = useEffectEvent((chosen: number) => onMoment(chosen));
  const hover = useEffectEvent((time: number | null) => setUnder(time === null ? null : placeAt(candles.time, time)));
  const place = useEffectEvent(() => {
    const at = moment === null ? undefined : candles.time[placeAt(candles.time, moment)];
    const x = at === undefined ? null : (drawing.current?.placeOf(at) ?? null);
    if (line.current === null) return;
    line.current.hidden = x === null;
    line.current.style.transform = `translateX(${x ?? 0}px)`;
    line.current.style.insetBlockEnd = `${drawing.current?.chart.timeScale().height() ?? 0}px`;
  });

  useEffect(() => {
    if (element.current === null) return undefined;
    const made = new CandleDrawing(element.current);
    drawing.current = made;
    let rest: ReturnType<typeof setTimeout> | undefined;
    made.chart.timeScale().subscribeVisibleTimeRangeChange(() => {
      place();
      clearTimeout(rest);
      rest = setTimeout(() => {
        const seen = made.seen();
        if (seen !== null) tell(seen);
      }, REST);
    });
    made.chart.timeScale().subscribeSizeChange(() => place());
    made.chart.subscribeCrosshairMove(({ time }) => hover(time === undefined ? null : Number(time) * 1000));
    made.chart.subscribeClick(({ time }) => time !== undefined && choose(Number(time) * 1000));
    // The wheel is the page's; with Ctrl, or two fingers, the chart's.
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    };
    const around = element.current;
    around.addEventListener("wheel", wheel, { capture: true, passive: true });
    return () => {
      clearTimeout(rest);
      around.removeEventListener("wheel", wheel, { capture: true });
      made.remove();
      drawing.current = null;
    };
  }, []);

  /** All of it was asked for, and is not here yet. */
  const isWhole = useRef(false);
  /** Gone to, and not among what was read so far. */
  const awaited = useRef<number | null>(null);
  const goTo = useEffectEvent((wanted: number) => {
    const [now, { time, every = 1 }] = [drawing.current, candles];
    const at = placeAt(time, wanted);
    const isThere = at >= 0 && wanted <= (time[time.length - 1] ?? 0);
    awaited.current = isThere && every === 1 ? null : wanted;
    if (now === null || !isThere) return;
    const seen = now.seen();
    const width = seen === null ? 0 : seen.to - seen.from;
    const bar = ((time[time.length - 1] ?? 0) - (time[0] ?? 0)) / Math.max(1, time.length - 1) / every;
    const isInSight = seen !== null && wanted >= seen.from && wanted <= seen.to && width <= 6 * AROUND * bar;
    if (!isInSight) now.show({ from: wanted - AROUND * bar, to: wanted + AROUND * bar });
  });
  useEffect(() => {
    drawing.current?.fill(candles);
    if (isWhole.current) drawing.current?.chart.timeScale().fitContent();
    isWhole.current = false;
    if (awaited.current !== null) goTo(awaited.current);
    place();
  }, [candles]);
  useEffect(() => drawing.current?.mark(marks), [marks]);
  useEffect(() => {
    if (moment !== null) goTo(moment);
    place();
  }, [moment]);

  const lines = useMemo(() => linesOf(candles), [candles]);
  return (
    <div className={classes.chart}>
      <Under candles={candles} at={under ?? candles.time.length - 1} lines={[...lines.over, ...lines.below.flat()]} />
      <div className={classes.place}>
        <div ref={element} role="img" aria-label={label} style={{ height: heightOf(candles, isLow) }} />
        <div ref={line} className={classes.moment} hidden />
        <div className={classes.zoom} role="group" aria-label="Zoom the chart">
          <button type="button" aria-label="Closer" onClick={() => drawing.current?.zoom(0.5)}>
            <Plus size={15} aria-hidden="true" />
          </button>
          <button type="button" aria-label="Further away" onClick={() => drawing.current?.zoom(2)}>
            <Minus size={15} aria-hidden="true" />
          </button>
          <button
            type="button"
            aria-label="All of the time"
            onClick={() => {
              isWhole.current = onWhole();
              drawing.current?.chart.timeScale().fitContent();
            }}
          >
            <Maximize size={15} aria-hidden="true" />
          </button>
        </div>
      </div>
      <p className={classes.credit}>
        {marks.length > 0 && "Arrows are blue where a trade was entered, green or red where it ended with a gain or a loss. "}
        Click a bar to see the graph as it stood<span className={classes.wheel}>; Ctrl and the wheel zoom</span>. Drawn by{" "}
        <a href="https://www.tradingview.com/" rel="noreferrer" target="_blank">
          TradingView Lightweight Charts™
        </a>
        , copyright © 2026 TradingView, Inc.
      </p>
    </div>
  );
}

interface UnderProps {
  candles: Candles;
  at: number;
  lines: ReturnType<typeof linesOf>["over"];
}

function Under({ candles, at, lines }: UnderProps) {
  const parts = [
    ["O", candles.open[at]],
    ["H", candles.high[at]],
    ["L", candles.low[at]],
    ["C", candles.close[at]],
    ["V", candles.volume[at]],
  ] as const;
  return (
    <ul className={classes.keys} aria-hidden="true">
      {parts.map(([name, value]) =>
        value === undefined || value === null ? null : (
          <li key={name}>
            {name} <strong>{amount(value)}</strong>
          </li>
        ),
      )}
      {lines.map(({ pane, ink }) => {
        const value = pane.values[at];
        return (
          <li key={`${pane.node}.${pane.port}`}>
                <span className={classes.swatch} style={{ background: `var(${ink})` }} />
            {pane.title} {value !== null && value !== undefined && <strong>{amount(value)}</strong>}
          </li>
        );
      })}
    </ul>
  );
}
