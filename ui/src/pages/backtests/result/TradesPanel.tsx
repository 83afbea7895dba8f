// The trades, in any order. One leads to its bar in the chart, and to the graph as it stood when it was decided.
import { Button, Select, VisuallyHidden } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp } from "lucide-react";
import { Link } from "react-router";
import { tradesOf, type TradeOrder } from "@/api/backtests";
import type { Trade } from "@/api/backtestTypes";
import { allItems } from "@/api/paging";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { Panel } from "@/components/Panel";
import { ProblemNotice } from "@/components/ProblemNotice";
import { useAddress } from "@/components/useAddress";
import { When } from "@/components/When";
import { amount, gain, signOf } from "@/format/money";
import { number } from "@/format/number";
import { duration } from "@/format/time";
import { signedShare } from "@/pages/backtests/figures";
import { orderIn, ORDERS, turned, writeOrder } from "@/pages/backtests/result/order";
import classes from "@/pages/backtests/result/TradesPanel.module.css";

interface Props {
  id: string;
  /** How many there are. */
  total: number;
  currency: string;
  /** The bar one looks at; its trade is marked. */
  moment: number | null;
}

export function TradesPanel({ id, total, currency, moment }: Props) {
  const { query: search, set } = useAddress();
  const order = orderIn(search.get("sort"));
  const query = useInfiniteQuery(tradesOf(id, order));
  const trades = allItems(query.data?.pages);
  const sortBy = (by: TradeOrder["by"]) => set((before) => ({ sort: writeOrder(turned(orderIn(before.get("sort")), by)) }));
  const addressOf = (at: number): string => {
    const next = new URLSearchParams(search);
    next.set("at", new Date(at).toISOString());
    return `?${next}`;
  };
  return (
    <Panel
      title="Trades"
      aside={total === 0 ? undefined : number(total)}
      flush
      action={
        trades.length > 1 && (
          <Select
            size="xs"
            className={classes.sort ?? ""}
            aria-label="Sort trades by"
            data={ORDERS.map(({ by, title }) => ({ value: by, label: title }))}
            value={order.by}
            allowDeselect={false}
            onChange={(by) => set({ sort: writeOrder(turned(UNSORTED, orderIn(by).by)) })}
          />
        )
      }
    >
      {query.error !== null && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && trades.length === 0 ? (
        <EmptyState compact title="It closed no trade">
          What was bought was not sold again, or nothing was bought at all.
        </EmptyState>
      ) : (
        <div className={classes.table}>
          <DataTable
            label="Trades"
            columns={columnsOf(order, sortBy, addressOf, currency, moment)}
            rows={trades}
            keyOf={({ number: of, opened_at, closed_at }) => `${of} ${opened_at} ${closed_at}`}
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

/** Whatever is chosen then is another. */
const UNSORTED: TradeOrder = { by: "number", isDown: true };

function columnsOf(
  order: TradeOrder,
  onSort: (by: TradeOrder["by"]) => void,
  addressOf: (at: number) => string,
  currency: string,
  moment: number | null,
): Column<Trade>[] {
  const sortable = (by: TradeOrder["by"], title: string): Pick<Column<Trade>, "title" | "head" | "sorted"> => {
    const isBy = order.by === by;
    const Arrow = order.isDown ? ArrowDown : ArrowUp;
    return {
      title,
      head: (
        <Button variant="subtle" color="gray" size="compact-xs" className={classes.head ?? ""} onClick={() => onSort(by)} rightSection={isBy && <Arrow size={12} aria-hidden="true" />}>
          {title}
        </Button>
      ),
      ...(isBy ? { sorted: order.isDown ? ("descending" as const) : ("ascending" as const) } : {}),
    };
  };
  return [
    { id: "what", ...sortable("number", "Trade"), grow: true, cell: (trade) => <What trade={trade} to={addressOf(decidedAt(trade))} isShown={moment !== null && isAt(trade, moment)} /> },
    { id: "opened", ...sortable("opened", "Entered"), align: "end", named: true, secondary: 2, cell: ({ opened_at }) => <When at={opened_at} exact /> },
    { id: "held", ...sortable("held", "Held"), align: "end", named: true, secondary: 1, cell: ({ held_s }) => duration(held_s * 1000) },
    { id: "mae", ...sortable("mae", "Worst"), align: "end", named: true, secondary: 1, cell: ({ mae_share }) => shareCell(mae_share) },
    { id: "mfe", ...sortable("mfe", "Best"), align: "end", named: true, secondary: 1, cell: ({ mfe_share }) => shareCell(mfe_share) },
    { id: "share", ...sortable("share", "Share"), align: "end", named: true, cell: ({ share }) => shareCell(share) },
    { id: "profit", ...sortable("profit", currency === "" ? "Profit" : `Profit, ${currency}`), align: "end", named: true, cell: profitCell },
    { id: "exit", title: "Exit", align: "end", cell: (trade) => <Exit trade={trade} to={addressOf(trade.left_at ?? trade.bar_out ?? Date.parse(trade.closed_at))} /> },
  ];
}

function shareCell(share: number | null) {
  return share === null ? "–" : signedShare(share);
}

/** The run that entered it is looked at; where that is not known, the bar in which it was filled. */
function decidedAt({ decided_at, bar_in, opened_at }: Trade): number {
  return decided_at ?? bar_in ?? Date.parse(opened_at);
}

function isAt(trade: Trade, moment: number): boolean {
  return moment === decidedAt(trade) || moment === trade.left_at;
}

function What({ trade, to, isShown }: { trade: Trade; to: string; isShown: boolean }) {
  const { number: of, side, quantity, symbol, entry, exit } = trade;
  return (
    <span className={classes.what} data-shown={isShown || undefined}>
      <Link to={to} replace preventScrollReset className={classes.trade} onClick={showMarket} aria-label={`Trade ${of}: ${symbol} ${side} ${amount(quantity)}`}>
        <strong>{symbol}</strong> {side} {amount(quantity)}
      </Link>
      <span className={classes.detail}>
        {amount(entry)} → {amount(exit)}
      </span>
    </span>
  );
}

function Exit({ trade, to }: { trade: Trade; to: string }) {
  return (
    <Link to={to} replace preventScrollReset className={classes.exit} onClick={showMarket}>
      <VisuallyHidden>Exit of trade {trade.number}: </VisuallyHidden>
      <When at={trade.closed_at} exact />
    </Link>
  );
}

/** The chart is above: it is scrolled to, and stands at the bar by then. */
function showMarket(): void {
  document.getElementById("market")?.scrollIntoView({ block: "start" });
}

function profitCell({ profit, fees, currency }: Trade) {
  return (
    <span className={classes.profit} data-sign={signOf(profit)} title={`Fees: ${amount(fees)} ${currency}`}>
      {gain(profit)}
    </span>
  );
}
