// A value over time. Comes with its library: only pages that draw one load it, `lazy(() => import(…))`.
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import classes from "@/components/chart/TimeChart.module.css";
import { tickNames, type TimePoint, toColumns } from "@/components/chart/timeChart";
import { When } from "@/components/When";
import { amount, inCurrency } from "@/format/money";

interface Props {
  points: readonly TimePoint[];
  currency: string;
  /** What it shows, in words, for who cannot see it. */
  label: string;
  /** A value stays until the next one: of what changes at once. */
  isStepped?: boolean;
}

const HEIGHT = 220;

/** Its colours are those of the theme, which it takes when it is made: another theme is another chart. */
export default function TimeChart(props: Props) {
  return <Drawn key={useComputedColorScheme("light")} {...props} />;
}

function Drawn({ points, currency, label, isStepped = false }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [under, setUnder] = useState<TimePoint | null>(null);

  const hover = useEffectEvent((plot: uPlot) => {
    const at = plot.cursor.idx;
    setUnder(at === null || at === undefined ? null : (points[at] ?? null));
  });
  const begin = useEffectEvent(() => toColumns(points));

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(element, isStepped, (plot) => hover(plot)), begin(), element);
    chart.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [isStepped]);

  useEffect(() => chart.current?.setData(toColumns(points)), [points]);

  const shown = under ?? points[points.length - 1];
  return (
    <div className={classes.chart}>
      <p className={classes.said}>
        {shown !== undefined && (
          <>
            <strong>{inCurrency(amount(shown.value), currency)}</strong> <When at={shown.at} exact />
          </>
        )}
      </p>
      <div ref={place} className={classes.place} role="img" aria-label={label} />
    </div>
  );
}

function optionsOf(element: HTMLElement, isStepped: boolean, hover: (plot: uPlot) => void): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `11px ${style.fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: colour("--td-faint"),
    font,
    grid: { stroke: colour("--td-line"), width: 1 },
    ticks: { show: false },
  };
  const line: uPlot.Series = {
    stroke: colour("--td-accent"),
    width: 1.75,
    fill: `color-mix(in srgb, ${colour("--td-accent")} 12%, transparent)`,
    points: { show: (plot) => (plot.data[0]?.length ?? 0) < 40, size: 5, fill: colour("--td-raised"), stroke: colour("--td-accent") },
  };
  const stepped = isStepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  if (stepped !== undefined) line.paths = stepped;
  return {
    width: Math.max(element.clientWidth, 80),
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { y: { range: (_, low, high) => rangeOf(low, high) } },
    axes: [
      { ...axis, grid: { show: false }, space: 80, size: 30, values: (_, ticks, _axis, _space, step) => tickNames(ticks, step) },
      { ...axis, size: 56, gap: 8, values: (_, ticks) => ticks.map((tick) => amount(tick)) },
    ],
    series: [{}, line],
    hooks: { setCursor: [hover] },
  };
}

/** With a little air, also where everything is the same. */
function rangeOf(low: number, high: number): [number, number] {
  const air = high === low ? Math.max(Math.abs(high) * 0.1, 1) : (high - low) * 0.08;
  return [low - air, high + air];
}
