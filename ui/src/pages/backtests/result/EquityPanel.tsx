// What the account was worth, beside bought and held, and how far it fell from where it was highest.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { equityOf } from "@/api/backtests";
import type { Equity } from "@/api/backtestTypes";
import { type ChartLine, heldFrom, inWords } from "@/components/chart/lines";
import { EmptyState } from "@/components/EmptyState";
import { Lines, Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { amount, inCurrency } from "@/format/money";
import { percent } from "@/pages/backtests/figures";

const LinesChart = lazy(() => import("@/components/chart/LinesChart"));

interface Props {
  id: string;
  currency: string;
  onMoment: ((moment: number) => void) | undefined;
}

export function EquityPanel({ id, currency, onMoment }: Props) {
  const query = useQuery(equityOf(id));
  return (
    <Panel title="Equity and drawdown">
      <Loaded query={query} lines={10}>
        {(equity) => <Curves id={id} equity={equity} currency={currency} onMoment={onMoment} />}
      </Loaded>
    </Panel>
  );
}

function Curves({ id, equity, currency, onMoment }: Props & { equity: Equity }) {
  const worth = useMemo((): ChartLine[] => {
    const held = heldFrom(equity.equity.find((value) => value !== null), equity.price);
    return [
      { name: "Buy and hold", values: held, tone: "quiet", isDashed: true },
      { name: "Equity", values: equity.equity, tone: "own", isFilled: true },
    ];
  }, [equity]);
  // Below nothing, so that a fall goes down.
  const fallen = useMemo(() => equity.drawdown.map((value) => (value === null ? null : -Math.abs(value))), [equity]);
  const falls = useMemo((): ChartLine[] => [{ name: "Drawdown", values: fallen, tone: "fall", isFilled: true }], [fallen]);
  if (equity.at.length < 2) return <EmptyState compact title="Too short for a curve" />;
  const money = (value: number) => inCurrency(amount(value), currency);
  const click = onMoment === undefined ? {} : { onMoment };
  return (
    <Suspense fallback={<Lines count={10} />}>
      <LinesChart at={equity.at} lines={worth} format={amount} label={inWords("Equity", equity.equity, money)} sync={id} height={240} {...click} />
      <LinesChart at={equity.at} lines={falls} format={percent} label={inWords("Drawdown", fallen, percent)} sync={id} height={110} isBelow {...click} />
    </Suspense>
  );
}
