// Where trades are marked among candles, and which indicators share a pane.
import type { Candles, Pane, Trade } from "@/api/backtestTypes";

export interface Mark {
  readonly id: string;
  /** Of the candle it stands at. */
  readonly time: number;
  readonly is: "entry" | "exit";
  readonly side: "buy" | "sell";
  readonly isWon: boolean;
  readonly trade: number;
}

/** The place of the last of `times` that is not after `moment`; -1: all are after it. */
export function placeAt(times: readonly number[], moment: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** An entry and an exit for each trade, as far as they lie among the candles; in order of time. */
export function marksOf(trades: readonly Trade[], times: readonly number[]): Mark[] {
  const [first, last] = [times[0], times[times.length - 1]];
  if (first === undefined || last === undefined) return [];
  const length = times.length > 1 ? last - (times[times.length - 2] ?? last) : 0;
  const marks: Mark[] = [];
  for (const trade of trades) {
    const isLong = trade.side !== "short" && trade.side !== "sell";
    const isWon = Number(trade.profit) > 0;
    const ends = [
      { is: "entry" as const, at: trade.opened_at, side: isLong ? ("buy" as const) : ("sell" as const) },
      { is: "exit" as const, at: trade.closed_at, side: isLong ? ("sell" as const) : ("buy" as const) },
    ];
    for (const { is, at, side } of ends) {
      const moment = Date.parse(at);
      if (!(moment >= first) || moment > last + length) continue;
      const time = times[placeAt(times, moment)] ?? last;
      marks.push({ id: `${is} ${trade.number}`, time, is, side, isWon, trade: trade.number });
    }
  }
  return marks.sort((a, b) => a.time - b.time);
}

/** What is drawn over the price, and below it a pane for each node, with all that it gave. */
export function panesOf({ panes }: Pick<Candles, "panes">): { over: readonly Pane[]; below: readonly (readonly Pane[])[] } {
  const below = new Map<string, Pane[]>();
  for (const pane of panes) {
    if (!pane.overlay) below.set(pane.node, [...(below.get(pane.node) ?? []), pane]);
  }
  return { over: panes.filter((pane) => pane.overlay), below: [...below.values()] };
}

/** Values so much larger or smaller than others would make a straight line of one of the two. */
const FAR_APART = 20;

/** Whether two of a pane are drawn by one scale: a level and a percent are not. */
export function sharesScale(one: readonly (number | null)[], other: readonly (number | null)[]): boolean {
  const [a, b] = [sizeOf(one), sizeOf(other)];
  return a === 0 || b === 0 || Math.max(a, b) / Math.min(a, b) < FAR_APART;
}

function sizeOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => (value === null ? most : Math.max(most, Math.abs(value))), 0);
}

/** How many of the stretches between two values have to be alike, for a line to go through them. */
const EVEN = 0.8;

/** Whether so little of it is known that a line through it would tell what was not. What is told every fourth bar, as
 * by one that looks at longer bars, is not, nor is a warm-up. */
export function isSparse(values: readonly (number | null)[]): boolean {
  const places = values.flatMap((value, at) => (value === null ? [] : [at]));
  const gaps = places.slice(1).map((at, before) => at - (places[before] ?? 0));
  const usual = [...gaps].sort((a, b) => a - b)[gaps.length >> 1] ?? 1;
  const isEven = gaps.filter((gap) => gap === usual).length >= gaps.length * EVEN;
  const span = values.length - (places[0] ?? values.length);
  return !isEven && places.length < span / 2;
}

/** How much of what is read is looked at when it is worth to read it finer, and how much is read around it. */
const WORTH = 0.3;
const AROUND = 1;

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Which part of the time to read for what is in sight; undefined: what there is will do. Null: all of it. */
export function spanWanted(seen: Stretch, read: Stretch, whole: Stretch, every: number): Stretch | null | undefined {
  const width = seen.to - seen.from;
  if (!(width > 0)) return undefined;
  const isWhole = read.from <= whole.from && read.to >= whole.to;
  const leaves = (seen.from < read.from && read.from > whole.from) || (seen.to > read.to && read.to < whole.to);
  const isCoarse = every > 1 && width < (read.to - read.from) * WORTH;
  if (!leaves && !isCoarse) return undefined;
  const span = { from: Math.max(whole.from, seen.from - width * AROUND), to: Math.min(whole.to, seen.to + width * AROUND) };
  if (span.from <= whole.from && span.to >= whole.to) return isWhole ? undefined : null;
  return span;
}
