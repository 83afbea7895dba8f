// What might as well have come of it: the fan of all courses, and how far their figures spread.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { monteCarloOf } from "@/api/backtests";
import { BANDS, type Detail, type MonteCarlo } from "@/api/backtestTypes";
import { type Band, type ChartLine, inWords } from "@/components/chart/lines";
import { type Column, DataTable } from "@/components/DataTable";
import { Lines, Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { amount, inCurrency } from "@/format/money";
import { counted } from "@/format/number";
import { labelOf, percent, shown, valueOf } from "@/pages/backtests/figures";
import classes from "@/pages/backtests/search/Search.module.css";

const LinesChart = lazy(() => import("@/components/chart/LinesChart"));

const NAMES = { p5: "5 of 100 below", p25: "25 of 100", p50: "Half", p75: "75 of 100", p95: "95 of 100" } as const;
/** Between the outer two, and between the inner two, by the places in `BANDS`. */
const ROOMS: readonly Band[] = [
  { low: 0, high: 4 },
  { low: 1, high: 3 },
];
/** Moments are above it, counts of trades below. */
const LEAST_MOMENT = 1e10;

export function MonteCarloPanel({ of }: { of: Detail }) {
  const query = useQuery(monteCarloOf(of.id));
  return (
    <Panel title="Monte Carlo" aside={query.data && saidOf(query.data)}>
      <Loaded query={query} lines={8}>
        {(drawn) => <Drawn drawn={drawn} currency={of.currency ?? ""} />}
      </Loaded>
    </Panel>
  );
}

function saidOf({ count, method }: MonteCarlo): string {
  return `${counted(count, "course")}, ${method === "trades" ? "of its trades in another order and choice" : "of its returns, drawn in stretches"}`;
}

function Drawn({ drawn, currency }: { drawn: MonteCarlo; currency: string }) {
  const { fan, ruin, loss } = drawn;
  const lines = useMemo(
    (): ChartLine[] => BANDS.map((band) => ({ name: NAMES[band], values: fan[band], tone: band === "p50" ? "own" : "quiet", isDashed: band === "p5" || band === "p95" })),
    [fan],
  );
  const isTime = (fan.at[fan.at.length - 1] ?? 0) > LEAST_MOMENT;
  const money = (value: number) => inCurrency(amount(value), currency);
  return (
    <>
      <dl className={classes.summary} aria-label="How likely">
        {loss !== null && loss !== undefined && (
          <div>
            <dt>Ended with a loss</dt>
            <dd>{percent(loss)}</dd>
          </div>
        )}
        {ruin !== null && (
          <div title="Fell to half of what it began with, or below">
            <dt>Lost half or more</dt>
            <dd>{percent(ruin)}</dd>
          </div>
        )}
      </dl>
      {fan.at.length > 1 && (
        <Suspense fallback={<Lines count={8} />}>
          <LinesChart at={fan.at} lines={lines} bands={ROOMS} format={amount} label={inWords("Equity of half of the courses", fan.p50, money)} isTime={isTime} unit="trade" height={260} />
        </Suspense>
      )}
      <div className={classes.below}>
        <DataTable label="How figures spread" columns={columnsOf(drawn, currency)} rows={Object.keys(drawn.figures)} keyOf={(name) => name} />
      </div>
    </>
  );
}

function columnsOf({ figures, actual }: MonteCarlo, currency: string): Column<string>[] {
  const at = (band: "p5" | "p50" | "p95") => (name: string) => shown(name, figures[name]?.[band] ?? null, currency);
  return [
    { id: "name", title: "Figure", grow: true, cell: labelOf },
    { id: "p5", title: "5 of 100 below", align: "end", named: true, cell: at("p5") },
    { id: "p50", title: "Half below", align: "end", named: true, cell: at("p50") },
    { id: "p95", title: "95 of 100 below", align: "end", named: true, cell: at("p95") },
    ...(actual ? [{ id: "actual", title: "As it was", align: "end", named: true, cell: (name: string) => shown(name, valueOf(actual, name), currency) } satisfies Column<string>] : []),
  ];
}
