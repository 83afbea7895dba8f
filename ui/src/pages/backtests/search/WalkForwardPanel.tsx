// A walk forward: what was chosen in each window, what it did in the time after, and those times as one curve.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { walkForwardOf } from "@/api/backtests";
import { type Detail, type Period, requestOf, type WalkForward, type Window } from "@/api/backtestTypes";
import { type ChartLine, inWords } from "@/components/chart/lines";
import { type Column, DataTable } from "@/components/DataTable";
import { Lines, Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { amount, inCurrency } from "@/format/money";
import { counted } from "@/format/number";
import { labelOf, percent, shown, valueOf } from "@/pages/backtests/figures";
import classes from "@/pages/backtests/search/Search.module.css";
import { chosenInWords, periodOf, spreadInWords } from "@/pages/backtests/words";

const LinesChart = lazy(() => import("@/components/chart/LinesChart"));

export function WalkForwardPanel({ of }: { of: Detail }) {
  const query = useQuery(walkForwardOf(of.id));
  const metric = requestOf(of).walk_forward?.sweep?.metric ?? requestOf(of).sweep?.metric ?? "sharpe";
  return (
    <Panel title="Walk-forward" aside={query.data && [counted(query.data.windows.length, "window"), ...(of.spread === null ? [] : [spreadInWords(of.spread)])].join(" · ")}>
      <Loaded query={query} lines={8}>
        {(walk) => <Walked walk={walk} metric={metric} currency={of.currency ?? ""} />}
      </Loaded>
    </Panel>
  );
}

function Walked({ walk, metric, currency }: { walk: WalkForward; metric: string; currency: string }) {
  const { windows, stitched, efficiency, figures } = walk;
  const lines = useMemo((): ChartLine[] => [{ name: "Equity out of sample", values: stitched.equity, tone: "own", isFilled: true }], [stitched]);
  const money = (value: number) => inCurrency(amount(value), currency);
  return (
    <>
      <dl className={classes.summary} aria-label="Out of sample">
        {[...new Set(["total_return", metric, "max_drawdown"])].map((name) => (
          <div key={name}>
            <dt>{labelOf(name)}</dt>
            <dd>{shown(name, valueOf(figures, name), currency)}</dd>
          </div>
        ))}
        <div title="What a day brought out of sample, as a share of what it brought in sample">
          <dt>Efficiency</dt>
          <dd>{efficiency === null ? "–" : efficiency < 0 ? "none: it lost out of sample" : percent(efficiency)}</dd>
        </div>
      </dl>
      {stitched.at.length > 1 && (
        <Suspense fallback={<Lines count={6} />}>
          <LinesChart at={stitched.at} lines={lines} format={amount} label={inWords("Equity out of sample", stitched.equity, money)} />
        </Suspense>
      )}
      <div className={classes.below}>
        <Strip windows={windows} />
        <DataTable label="Windows" columns={columnsOf(metric, currency)} rows={windows} keyOf={({ test }) => test.begins} />
      </div>
    </>
  );
}

const HEIGHT = 7;

/** Where each window learnt, and where it was tested. */
function Strip({ windows }: { windows: readonly Window[] }) {
  const ends = windows.flatMap(({ train, test }) => [Date.parse(train.begins), Date.parse(test.ends)]);
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  if (windows.length === 0 || to <= from) return null;
  const x = (at: string) => ((Date.parse(at) - from) / (to - from)) * 1000;
  const bar = ({ begins, ends: until }: Period) => ({ x: x(begins), width: Math.max(2, x(until) - x(begins)) });
  return (
    <svg
      className={classes.strip}
      viewBox={`0 0 1000 ${windows.length * (HEIGHT + 2)}`}
      height={windows.length * (HEIGHT + 2)}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${counted(windows.length, "window")}: grey where it learnt, blue where it was tested`}
    >
      {windows.map(({ train, test }, at) => (
        <g key={test.begins}>
          <rect className={classes.train} y={at * (HEIGHT + 2)} height={HEIGHT} rx={2} {...bar(train)} />
          <rect className={classes.test} y={at * (HEIGHT + 2)} height={HEIGHT} rx={2} {...bar(test)} />
        </g>
      ))}
    </svg>
  );
}

function columnsOf(metric: string, currency: string): Column<Window>[] {
  const figure = (name: string, from: (window: Window) => Window["test_figures"]) => (window: Window) => shown(name, valueOf(from(window), name), currency);
  return [
    { id: "chosen", title: "Chosen", grow: true, cell: ({ chosen }) => (chosen === null ? "Nothing could be chosen" : chosenInWords(chosen)) },
    { id: "train", title: "Learnt from", secondary: 2, named: true, cell: ({ train }) => periodOf(train) },
    { id: "test", title: "Tested on", named: true, cell: ({ test }) => periodOf(test) },
    { id: "in", title: `${labelOf(metric)} then`, align: "end", named: true, cell: figure(metric, ({ train_figures }) => train_figures) },
    { id: "out", title: `${labelOf(metric)} after`, align: "end", named: true, cell: figure(metric, ({ test_figures }) => test_figures) },
    ...(metric === "total_return" ? [] : [{ id: "return", title: "Return after", align: "end", named: true, cell: figure("total_return", ({ test_figures }) => test_figures) } satisfies Column<Window>]),
  ];
}
