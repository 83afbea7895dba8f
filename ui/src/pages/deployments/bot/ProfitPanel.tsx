// What a bot made: its figures, and the course of its profit or of its account.
import { SegmentedControl } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useSearchParams } from "react-router";
import { type BotFigures, type EquitySeries, equityOf } from "@/api/bots";
import { fromZero, type TimePoint } from "@/components/chart/timeChart";
import { EmptyState } from "@/components/EmptyState";
import { Lines, Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { amount, inCurrency } from "@/format/money";
import { useNow } from "@/format/useNow";
import { counted } from "@/format/number";
import { usePolling } from "@/live/useFreshCache";
import classes from "@/pages/deployments/bot/Bot.module.css";
import { BotFiguresList } from "@/pages/deployments/bot/BotFiguresList";
import { beginOf, mainBotFigures, otherBotFigures, RANGE_WORDS, RANGES, rangeIn } from "@/pages/deployments/bot/botFigures";

const TimeChart = lazy(() => import("@/components/chart/TimeChart"));

export function ProfitPanel({ name, bot }: { name: string; bot: BotFigures }) {
  const [search, setSearch] = useSearchParams();
  const range = rangeIn(search.get("range"));
  const from = useNow((now) => beginOf(range, now) ?? "") || null;
  const query = useQuery({ ...equityOf(name, from), placeholderData: keepPreviousData, refetchInterval: usePolling() });
  const hasAccount = (query.data?.account.length ?? 0) > 0;
  const curve = search.get("curve") === "account" && hasAccount ? "account" : "profit";
  const choose = (key: string, value: string, usual: string) => {
    const next = new URLSearchParams(search);
    if (value === usual) next.delete(key);
    else next.set(key, value);
    setSearch(next, { replace: true });
  };
  return (
    <Panel title="Profit">
      <BotFiguresList figures={mainBotFigures(bot)} isLarge />
      <BotFiguresList figures={otherBotFigures(bot)} isSmall />
      <div className={classes.curve}>
        <div className={classes.choice}>
          {hasAccount && (
            <SegmentedControl
              size="xs"
              aria-label="Curve"
              data={[
                { value: "profit", label: "Profit" },
                { value: "account", label: "Account" },
              ]}
              value={curve}
              onChange={(value) => choose("curve", value, "profit")}
            />
          )}
          <SegmentedControl
            size="xs"
            aria-label="Period"
            className={classes.range ?? ""}
            data={RANGES.map((value) => ({ value, label: RANGE_WORDS[value] }))}
            value={range}
            onChange={(value) => choose("range", value, "all")}
          />
        </div>
        <Loaded query={query} lines={5}>
          {(series) => <Curve name={name} bot={bot} series={series} curve={curve} isAll={range === "all"} />}
        </Loaded>
      </div>
    </Panel>
  );
}

interface CurveProps {
  name: string;
  bot: BotFigures;
  series: EquitySeries;
  curve: "profit" | "account";
  isAll: boolean;
}

function Curve({ name, bot, series, curve, isAll }: CurveProps) {
  const points = curve === "account" ? series.account : isAll ? fromZero(series.profit, bot.first_at) : series.profit;
  const currency = curve === "account" ? series.account_currency : series.currency;
  if (points.length === 0) {
    return bot.trades === 0 ? (
      <EmptyState compact title="No trade is closed yet">
        The curve begins with the first one: when what was bought is sold again, or the other way round.
      </EmptyState>
    ) : (
      <EmptyState compact title="No trade was closed in this time" />
    );
  }
  return (
    <Suspense fallback={<Lines count={6} />}>
      <TimeChart points={points} currency={currency} label={inWords(name, curve, points, currency)} isStepped={curve === "profit"} />
    </Suspense>
  );
}

function inWords(name: string, curve: string, points: readonly TimePoint[], currency: string): string {
  const values = points.map(({ value }) => Number(value));
  const last = values[values.length - 1] ?? 0;
  const said = (value: number) => inCurrency(amount(value), currency);
  return `${curve === "account" ? "Account" : "Profit"} of ${name}: ${said(last)} at last, between ${said(Math.min(...values))} and ${said(Math.max(...values))}, in ${counted(points.length, "point")}`;
}
