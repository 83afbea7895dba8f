// Backtests: what is started, what came of it, and one beside another.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Candles, Compared, Detail, Equity, MonteCarlo, StartBacktest, Summary, Sweep, Trade, ValuesAt, WalkForward } from "@/api/backtestTypes";
import { API, api, done, read } from "@/api/client";
import { keys } from "@/api/keys";
import { nextCursor, type Page } from "@/api/paging";

export interface BacktestFilter {
  workflow?: string;
  kind?: Summary["kind"];
}

const AT_ONCE = 50;
const TRADES_AT_ONCE = 100;
const LOOK_AGAIN = 700;

const OVER: readonly string[] = ["completed", "failed", "cancelled"];

export function isOver({ state }: Pick<Summary, "state">): boolean {
  return OVER.includes(state);
}

const at = (id: string) => ({ params: { path: { id } } });
const after = (cursor: string | null) => (cursor === null ? {} : { cursor });

export function backtestList(filter: BacktestFilter) {
  return infiniteQueryOptions({
    queryKey: keys.backtests.list(filter),
    queryFn: ({ signal, pageParam }) =>
      read(api.GET("/backtests", { params: { query: { ...filter, limit: AT_ONCE, ...after(pageParam) } }, signal })) as Promise<Page<Summary>>,
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
    // What is under way moves; the rest stays as it is.
    refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some((one) => !isOver(one))) === true ? LOOK_AGAIN * 2 : false),
  });
}

export function backtestOne(id: string) {
  return queryOptions({
    queryKey: keys.backtests.one(id),
    queryFn: ({ signal }) => read(api.GET("/backtests/{id}", { ...at(id), signal })) as Promise<Detail>,
    refetchInterval: ({ state }) => (state.data !== undefined && !isOver(state.data) ? LOOK_AGAIN : false),
  });
}

/** What is kept of one that is over does not change any more. */
const STAYS = { staleTime: Number.POSITIVE_INFINITY };

export function equityOf(id: string) {
  return queryOptions({
    ...STAYS,
    queryKey: keys.backtests.part(id, "equity"),
    queryFn: ({ signal }) => read(api.GET("/backtests/{id}/equity", { params: { path: { id }, query: { points: 2000 } }, signal })) as Promise<Equity>,
  });
}

export const SORTS = ["number", "profit", "share", "held", "mae", "mfe", "opened"] as const;

export interface TradeOrder {
  by: (typeof SORTS)[number];
  isDown: boolean;
}

export function tradesOf(id: string, { by, isDown }: TradeOrder) {
  const sort = isDown ? (`-${by}` as const) : by;
  return infiniteQueryOptions({
    ...STAYS,
    queryKey: keys.backtests.part(id, "trades", { sort }),
    queryFn: ({ signal, pageParam }) =>
      read(
        api.GET("/backtests/{id}/trades", { params: { path: { id }, query: { limit: TRADES_AT_ONCE, sort, ...after(pageParam) } }, signal }),
      ) as Promise<Page<Trade>>,
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
    placeholderData: keepPreviousData,
  });
}

/** A part of the time; null: all of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const partOf = (span: Span | null) => (span === null ? {} : { since: isoOf(span.from), until: isoOf(span.to) });

/** More than these are not marked among candles: one would see nothing but marks. */
export const MOST_MARKED = 300;

export function tradesIn(id: string, symbol: string | null, span: Span | null) {
  return queryOptions({
    ...STAYS,
    queryKey: keys.backtests.part(id, "marks", { symbol, span }),
    queryFn: async ({ signal }) => {
      const query = { limit: MOST_MARKED + 1, ...partOf(span) };
      const { items } = (await read(api.GET("/backtests/{id}/trades", { params: { path: { id }, query }, signal }))) as Page<Trade>;
      return { trades: symbol === null || items.length > MOST_MARKED ? items : items.filter((one) => one.symbol === symbol) };
    },
    placeholderData: keepPreviousData,
  });
}

const MOST_CANDLES = 3000;

export function candlesOf(id: string, symbol: string | null, span: Span | null) {
  return queryOptions({
    ...STAYS,
    queryKey: keys.backtests.part(id, "candles", { symbol, span }),
    queryFn: ({ signal }) => {
      const query = { points: MOST_CANDLES, ...(symbol === null ? {} : { symbol }), ...partOf(span) };
      return read(api.GET("/backtests/{id}/candles", { params: { path: { id }, query }, signal })) as Promise<Candles>;
    },
    placeholderData: keepPreviousData,
  });
}

export function valuesAt(id: string, moment: string) {
  return queryOptions({
    ...STAYS,
    queryKey: keys.backtests.part(id, "values", { moment }),
    queryFn: ({ signal }) => read(api.GET("/backtests/{id}/values", { params: { path: { id }, query: { at: moment } }, signal })) as Promise<ValuesAt>,
    placeholderData: keepPreviousData,
  });
}

export function sweepOf(id: string) {
  return queryOptions({
    ...STAYS,
    queryKey: keys.backtests.part(id, "sweep"),
    queryFn: ({ signal }) => read(api.GET("/backtests/{id}/sweep", { ...at(id), signal })) as Promise<Sweep>,
  });
}

export function walkForwardOf(id: string) {
  return queryOptions({
    ...STAYS,
    queryKey: keys.backtests.part(id, "walk-forward"),
    queryFn: ({ signal }) => read(api.GET("/backtests/{id}/walk-forward", { ...at(id), signal })) as Promise<WalkForward>,
  });
}

export function monteCarloOf(id: string) {
  return queryOptions({
    ...STAYS,
    queryKey: keys.backtests.part(id, "monte-carlo"),
    queryFn: ({ signal }) => read(api.GET("/backtests/{id}/monte-carlo", { ...at(id), signal })) as Promise<MonteCarlo>,
  });
}

export function comparisonOf(a: string, b: string) {
  return queryOptions({
    ...STAYS,
    queryKey: keys.backtests.compare(a, b),
    queryFn: ({ signal }) => read(api.GET("/backtests/compare", { params: { query: { a, b } }, signal })) as Promise<Compared>,
  });
}

export function startBacktest(body: StartBacktest) {
  return read(api.POST("/backtests", { body }));
}

export function cancelBacktest(id: string) {
  return read(api.POST("/backtests/{id}/cancel", at(id)));
}

export function deleteBacktest(id: string): Promise<void> {
  return done(api.DELETE("/backtests/{id}", at(id)));
}

export type ExportFormat = "json" | "csv" | "parquet" | "html";

const addressOf = (id: string) => `${API}/backtests/${encodeURIComponent(id)}`;

export function exportAddress(id: string, format: ExportFormat, what?: "equity" | "fills"): string {
  return `${addressOf(id)}/export?${new URLSearchParams({ format, ...(what === undefined ? {} : { what }) })}`;
}

export function reportAddress(id: string): string {
  return `${addressOf(id)}/report`;
}

export function isoOf(moment: number): string {
  return new Date(moment).toISOString();
}
