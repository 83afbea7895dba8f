// Several lines over time, or over counts. Comes with its library: only pages that draw one load it.
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Band, ChartLine, Tone } from "@/components/chart/lines";
import classes from "@/components/chart/LinesChart.module.css";
import { tickNames } from "@/components/chart/timeChart";

interface Props {
  /** Milliseconds; where `isTime` is false, counts. */
  at: readonly number[];
  lines: readonly ChartLine[];
  bands?: readonly Band[];
  height?: number;
  /** Of a value, for people. */
  format: (value: number) => string;
  /** What it shows, in words, for who cannot see it. */
  label: string;
  isTime?: boolean;
  /** What a count is: `trade`. */
  unit?: string;
  /** The one above says already which moment it is. */
  isBelow?: boolean;
  /** Charts of one name share the place under the pointer. */
  sync?: string;
  /** A moment was clicked at. */
  onMoment?: (moment: number) => void;
  /** Where something is to be seen: two curves part. */
  marks?: readonly number[];
}

const NO_BANDS: readonly Band[] = [];
const NO_MARKS: readonly number[] = [];
const INK: Record<Tone, string> = { own: "--td-accent", other: "--td-thread", fall: "--td-bad", quiet: "--td-edge" };

const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Its colours are those of the theme, which it takes when it is made: another theme is another chart. */
export default function LinesChart(props: Props) {
  const shape = props.lines.map(({ name, tone }) => `${name} ${tone}`).join();
  return <Drawn key={`${useComputedColorScheme("light")} ${shape}`} {...props} />;
}

function Drawn(props: Props) {
  const { at, lines, bands = NO_BANDS, height = 220, format, label, isTime = true, unit = "", isBelow = false, marks = NO_MARKS } = props;
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [under, setUnder] = useState<number | null>(null);
  const data = useMemo((): uPlot.AlignedData => [at.map((one) => (isTime ? one / 1000 : one)), ...lines.map(({ values }) => [...values])], [at, isTime, lines]);

  const hover = useEffectEvent((plot: uPlot) => setUnder(plot.cursor.idx ?? null));
  const choose = useEffectEvent((index: number) => {
    const moment = at[index];
    if (moment !== undefined) props.onMoment?.(moment);
  });
  const written = useEffectEvent((value: number) => format(value));
  const marked = useEffectEvent((plot: uPlot) => drawMarks(plot, marks));
  const begin = useEffectEvent((element: HTMLElement) => {
    const hooks = { setCursor: [(plot: uPlot) => hover(plot)], draw: [(plot: uPlot) => marked(plot)] };
    return new uPlot({ ...optionsOf(element, props, height, (value) => written(value)), bands: [...bandsOf(element, bands)], hooks }, data, element);
  });

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = begin(element);
    chart.current = made;
    const click = () => choose(made.cursor.idx ?? -1);
    made.over.addEventListener("click", click);
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [height]);

  useEffect(() => chart.current?.setData(data), [data]);

  const shown = under ?? at.length - 1;
  const moment = at[shown];
  return (
    <div className={classes.chart}>
      <ul className={classes.keys} aria-hidden="true">
        {lines.map(({ name, tone, values }) => {
          const value = values[shown];
          return (
            <li key={name}>
              <span className={classes.swatch} data-tone={tone} />
              {name} {value !== null && value !== undefined && <strong>{format(value)}</strong>}
            </li>
          );
        })}
        {moment !== undefined && !isBelow && <li>{isTime ? whole.format(moment) : `${unit} ${moment}`}</li>}
      </ul>
      <div ref={place} className={classes.place} role="img" aria-label={label} />
    </div>
  );
}

function colourOf(element: HTMLElement): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

function bandsOf(element: HTMLElement, bands: readonly Band[]): uPlot.Band[] {
  const fill = `color-mix(in srgb, ${colourOf(element)("--td-accent")} 14%, transparent)`;
  return bands.map(({ low, high }) => ({ series: [high + 1, low + 1], fill }));
}

function drawMarks(plot: uPlot, marks: readonly number[]): void {
  const pen = plot.ctx;
  const { top, height, left, width } = plot.bbox;
  pen.save();
  pen.strokeStyle = colourOf(plot.root)("--td-thread");
  pen.lineWidth = 2 * devicePixelRatio;
  for (const mark of marks) {
    const x = plot.valToPos(mark / 1000, "x", true);
    if (x < left || x > left + width) continue;
    pen.beginPath();
    pen.moveTo(x, top);
    pen.lineTo(x, top + height);
    pen.stroke();
  }
  pen.restore();
}

function optionsOf(element: HTMLElement, props: Props, height: number, written: (value: number) => string): uPlot.Options {
  const { lines, isTime = true, sync, onMoment } = props;
  const colour = colourOf(element);
  const axis: uPlot.Axis = {
    stroke: colour("--td-faint"),
    font: `11px ${getComputedStyle(element).fontFamily}`,
    grid: { stroke: colour("--td-line"), width: 1 },
    ticks: { show: false },
  };
  const isFall = lines.every(({ tone }) => tone === "fall");
  return {
    width: Math.max(element.clientWidth, 80),
    height,
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 7 },
      ...(sync === undefined ? {} : { sync: { key: sync } }),
      ...(onMoment === undefined ? {} : { bind: {} }),
    },
    scales: { x: { time: isTime }, y: { range: (_, low, high) => rangeOf(low, high, isFall) } },
    axes: [
      { ...axis, grid: { show: false }, space: 80, size: 30, ...(isTime ? { values: (_: uPlot, ticks: number[], _axis: number, _space: number, step: number) => tickNames(ticks, step) } : {}) },
      { ...axis, size: 64, gap: 8, space: 34, values: (_, ticks) => ticks.map(written) },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, colour))],
  };
}

function seriesOf({ tone, isFilled = false, isDashed = false }: ChartLine, colour: (name: string) => string): uPlot.Series {
  const ink = colour(INK[tone]);
  return {
    stroke: ink,
    width: tone === "quiet" ? 1.25 : 1.75,
    spanGaps: true,
    points: { show: false },
    ...(isDashed ? { dash: [5, 4] } : {}),
    ...(isFilled ? { fill: `color-mix(in srgb, ${ink} 14%, transparent)` } : {}),
  };
}

/** With a little air, also where everything is the same; what falls begins at nothing. */
function rangeOf(low: number | null, high: number | null, isFall: boolean): [number, number] {
  const [least, most] = [low ?? 0, high ?? 1];
  const air = most === least ? Math.max(Math.abs(most) * 0.1, 1e-3) : (most - least) * 0.08;
  return isFall ? [least - air, 0] : [least - air, most + air];
}
