// The market as it went, with the trades marked and what the indicators said. A bar that is chosen shows the graph as it stood.
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { candlesOf, MOST_MARKED, type Span, tradesIn } from "@/api/backtests";
import type { Candles, Detail } from "@/api/backtestTypes";
import { marksOf, spanWanted, type Stretch } from "@/components/chart/candles/marks";
import { EmptyState } from "@/components/EmptyState";
import { Lines, Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { counted, number } from "@/format/number";
import classes from "@/pages/backtests/result/Result.module.css";

const CandleChart = lazy(() => import("@/components/chart/candles/CandleChart"));

interface Props {
  of: Detail;
  symbol: string | null;
  onSymbol: (symbol: string) => void;
  moment: number | null;
  onMoment: (moment: number) => void;
  isPhone: boolean;
}

/** Around a moment that is not among what was read. */
const AROUND = 300;

export function MarketPanel({ of, symbol: given, onSymbol, moment, onMoment, isPhone }: Props) {
  const symbols = of.symbols.filter((one) => one !== "*");
  const symbol = given !== null && symbols.includes(given) ? given : (symbols[0] ?? null);
  const whole = wholeOf(of);
  const [span, setSpan] = useState<Span | null>(null);
  const [went, setWent] = useState<number | null>(null);
  if (moment !== null && moment !== went) {
    // It is gone to, and lies beside what was read of the time.
    setWent(moment);
    const bar = (whole.to - whole.from) / Math.max(1, of.bars ?? 1);
    if (span !== null && (moment < span.from || moment > span.to)) setSpan({ from: moment - AROUND * bar, to: moment + AROUND * bar });
  }
  const candles = useQuery(candlesOf(of.id, symbol, span));
  const trades = useQuery(tradesIn(of.id, symbols.length > 1 ? symbol : null, span));
  const found = trades.data?.trades.length ?? 0;
  const isMarked = found <= MOST_MARKED;
  const marks = useMemo(() => (isMarked ? marksOf(trades.data?.trades ?? [], candles.data?.time ?? []) : []), [isMarked, trades.data, candles.data]);
  const onSeen = (seen: Stretch) => {
    const time = candles.data?.time ?? [];
    const read = { from: time[0] ?? whole.from, to: time[time.length - 1] ?? whole.to };
    if (candles.isPlaceholderData) return;
    const wanted = spanWanted(seen, span === null ? whole : read, whole, candles.data?.every ?? 1);
    if (wanted !== undefined) setSpan(wanted);
  };
  return (
    <Panel
      title="Market"
      aside={asideOf(candles.data, isMarked)}
      action={
        symbols.length > 1 && (
          <Select size="xs" aria-label="Market" data={symbols} value={symbol} allowDeselect={false} onChange={(next) => next !== null && onSymbol(next)} />
        )
      }
    >
      <div id="market" className={classes.anchor}>
        <Loaded query={candles} lines={12}>
          {(data) =>
            data.time.length === 0 ? (
              <EmptyState compact title="No bars were kept of it" />
            ) : (
              <Suspense fallback={<Lines count={12} />}>
                <CandleChart
                  key={symbol}
                  candles={data}
                  marks={marks}
                  moment={moment}
                  onMoment={onMoment}
                  onSeen={onSeen}
                  onWhole={() => {
                    setSpan(null);
                    return span !== null;
                  }}
                  label={`Candles of ${symbol ?? "the market"}, ${counted(data.time.length, "candle")}, ${counted(marks.length, "mark")} of trades`}
                  isLow={isPhone}
                />
              </Suspense>
            )
          }
        </Loaded>
      </div>
    </Panel>
  );
}

function wholeOf({ begins, ends }: Pick<Detail, "begins" | "ends">): Stretch {
  return { from: begins === null ? 0 : Date.parse(begins), to: ends === null ? Date.now() : Date.parse(ends) };
}

function asideOf(candles: Candles | undefined, isMarked: boolean): string | undefined {
  const every = candles?.every ?? 1;
  const parts = [...(every > 1 ? [`${number(every)} bars to a candle`] : []), ...(isMarked ? [] : ["too many trades to mark"])];
  return parts.length === 0 ? undefined : `${parts.join(", ")}: go closer to see each`;
}
