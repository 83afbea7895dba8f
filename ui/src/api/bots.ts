// Deployments as bots: what they made, what they hold, what they asked for. Amounts are text: exact decimals.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { nextCursor } from "@/api/paging";

export type BotFigures = Model<"BotFigures">;
export type Trade = Model<"Trade">;
export type Position = Model<"Position">;
export type Order = Model<"Order">;
export type EquitySeries = Model<"EquitySeries">;
export type RunDay = Model<"RunDay">;

export interface TradeFilter {
  outcome?: "won" | "lost";
}

const TRADES_AT_ONCE = 10;
const ORDERS = 100;

const at = (name: string) => ({ params: { path: { name } } });

export function tradesOf(name: string, filter: TradeFilter = {}) {
  return infiniteQueryOptions({
    queryKey: keys.bots.trades(name, filter),
    queryFn: ({ signal, pageParam }) =>
      read(
        api.GET("/deployments/{name}/trades", {
          params: {
            path: { name },
            query: { ...filter, limit: TRADES_AT_ONCE, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
  });
}

export function positionsOf(name: string) {
  return queryOptions({
    queryKey: keys.bots.positions(name),
    queryFn: ({ signal }) => read(api.GET("/deployments/{name}/positions", { ...at(name), signal })),
  });
}

export function openOrdersOf(name: string) {
  return queryOptions({
    queryKey: keys.bots.orders(name),
    queryFn: ({ signal }) =>
      read(
        api.GET("/deployments/{name}/orders", {
          params: { path: { name }, query: { open: true, limit: ORDERS } },
          signal,
        }),
      ),
  });
}

/** `from` is a time; null: from the beginning. */
export function equityOf(name: string, from: string | null) {
  return queryOptions({
    queryKey: keys.bots.equity(name, from),
    queryFn: ({ signal }) =>
      read(
        api.GET("/deployments/{name}/equity", {
          params: { path: { name }, query: { points: 600, ...(from === null ? {} : { from }) } },
          signal,
        }),
      ),
  });
}

/** Where the trades are as a file. */
export function tradesAddress(name: string, filter: TradeFilter): string {
  const query = new URLSearchParams(filter.outcome === undefined ? {} : { outcome: filter.outcome });
  return `/api/v1/deployments/${encodeURIComponent(name)}/trades/export${query.size > 0 ? `?${query}` : ""}`;
}

export interface RunDaysOf {
  workflow?: string;
  deployment?: string;
}

/** How many runs ended on each of the last days. */
export function runDays({ workflow, deployment }: RunDaysOf = {}, days = 30) {
  return queryOptions({
    queryKey: keys.runDays.of({ workflow, deployment, days }),
    queryFn: ({ signal }) =>
      deployment === undefined
        ? read(
            api.GET("/monitoring/runs-per-day", {
              params: { query: { days, ...(workflow === undefined ? {} : { workflow }) } },
              signal,
            }),
          )
        : read(
            api.GET("/deployments/{name}/runs-per-day", {
              params: { path: { name: deployment }, query: { days } },
              signal,
            }),
          ),
  });
}
