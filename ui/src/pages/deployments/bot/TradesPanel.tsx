// The trades of a bot, newest first; each leads to the runs that made it.
import { Anchor, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { type Trade, type TradeFilter, tradesAddress, tradesOf } from "@/api/bots";
import { allItems } from "@/api/paging";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { Panel } from "@/components/Panel";
import { ProblemNotice } from "@/components/ProblemNotice";
import { When } from "@/components/When";
import { amount, gain, inCurrency, signOf } from "@/format/money";
import { counted, number } from "@/format/number";
import { duration } from "@/format/time";
import { usePolling } from "@/live/useFreshCache";
import classes from "@/pages/deployments/bot/Bot.module.css";
import { pricesOf, runsOf, shareOf } from "@/pages/deployments/bot/trade";

interface Props {
  name: string;
  workflow: string;
  /** How many there are, whatever is shown of them. */
  total: number;
  /** That of most: it is told once. */
  currency: string;
}

export function TradesPanel({ name, workflow, total, currency }: Props) {
  const [search, setSearch] = useSearchParams();
  const filter = filterIn(search.get("trades"));
  const query = useInfiniteQuery({ ...tradesOf(name, filter), refetchInterval: usePolling() });
  const trades = allItems(query.data?.pages);
  const choose = (value: string) => {
    const next = new URLSearchParams(search);
    if (value === "all") next.delete("trades");
    else next.set("trades", value);
    setSearch(next, { replace: true });
  };
  return (
    <Panel
      title="Trades"
      aside={total === 0 ? undefined : number(total)}
      action={
        total > 0 && (
          <span className={classes.tools}>
            <SegmentedControl
              size="xs"
              aria-label="Which trades"
              data={[
                { value: "all", label: "All" },
                { value: "won", label: "Won" },
                { value: "lost", label: "Lost" },
              ]}
              value={filter.outcome ?? "all"}
              onChange={choose}
            />
            <Anchor href={tradesAddress(name, filter)} download className={classes.csv ?? ""}>
              <Download size={14} aria-hidden="true" /> CSV
            </Anchor>
          </span>
        )
      }
      flush
    >
      {query.error !== null && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && trades.length === 0 ? (
        <EmptyState compact title={total === 0 ? "No trade is closed yet" : "No trade is such"}>
          {total === 0 && "A trade is what one order closes of what was held. Each will lead to the runs that made it."}
        </EmptyState>
      ) : (
        <div className={classes.table}>
          <DataTable
            label="Trades"
            columns={columnsOf(workflow, currency)}
            rows={trades}
            keyOf={(trade) => String(trade.number)}
            toneOf={({ profit }) => (Number(profit) > 0 ? "good" : "bad")}
            isLoading={query.isPending}
            onMore={query.hasNextPage ? () => void query.fetchNextPage() : null}
            isLoadingMore={query.isFetchingNextPage}
          />
        </div>
      )}
    </Panel>
  );
}

function filterIn(text: string | null): TradeFilter {
  return text === "won" || text === "lost" ? { outcome: text } : {};
}

function columnsOf(workflow: string, currency: string): Column<Trade>[] {
  return [
    { id: "what", title: "Trade", grow: true, cell: whatCell },
    { id: "held", title: "Held", align: "end", named: true, secondary: 1, cell: ({ held_s }) => duration(held_s * 1000) },
    { id: "profit", title: currency === "" ? "Profit" : `Profit, ${currency}`, align: "end", cell: (trade) => profitCell(trade, currency) },
    { id: "closed", title: "Closed", align: "end", cell: ({ closed_at }) => <When at={closed_at} /> },
    { id: "runs", title: "Runs", align: "end", cell: (trade) => <Runs trade={trade} workflow={workflow} /> },
  ];
}

function whatCell(trade: Trade) {
  const { side, quantity, symbol, fees, currency } = trade;
  return (
    <span className={classes.what} title={`Fees: ${inCurrency(amount(fees), currency)}`}>
      <span>
        <strong>{symbol}</strong> {side} {amount(quantity)}
      </span>
      <span className={classes.detail}>{pricesOf(trade)}</span>
    </span>
  );
}

function profitCell(trade: Trade, usual: string) {
  const { profit, currency } = trade;
  return (
    <span className={classes.profit} data-sign={signOf(profit)}>
      {inCurrency(gain(profit), currency === usual ? "" : currency)} <span className={classes.share}>{shareOf(trade)}</span>
    </span>
  );
}

function Runs({ trade, workflow }: { trade: Trade; workflow: string }) {
  const { entry, exit, between } = runsOf(trade);
  if (exit === null) return <span title="It was closed outside of a run">–</span>;
  const address = (run: string) => `/w/${encodeURIComponent(workflow)}/runs/${encodeURIComponent(run)}`;
  return (
    <span className={classes.runs}>
      {entry !== null && (
        <>
          <Link to={address(entry)} aria-label={`entry of trade ${trade.number}`}>
            entry
          </Link>
          {between > 0 && <span title={`${counted(between, "run")} between`}>+{between}</span>}
        </>
      )}
      <Link to={address(exit)} aria-label={`exit of trade ${trade.number}`}>
        exit
      </Link>
    </span>
  );
}
