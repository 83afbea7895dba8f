// A backtest in words: what it was, over what, and where it is.
import type { Chosen, Detail, Kind, Summary } from "@/api/backtestTypes";
import { counted, number } from "@/format/number";

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  backtest: "Backtest",
  sweep: "Sweep",
  walk_forward: "Walk-forward",
  monte_carlo: "Monte Carlo",
};

export function kindWords(kind: string): string {
  return KIND_WORDS[kind as Kind] ?? kind;
}

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

/** `1 Jan 2024 – 3 Mar 2025`, in the zone of who reads it. */
export function periodOf({ begins, ends }: Pick<Summary, "begins" | "ends">): string {
  if (begins === null || ends === null) return "–";
  const [from, to] = [day.format(new Date(begins)), day.format(new Date(ends))];
  return from === to ? from : `${from} – ${to}`;
}

/** `BTC/USDT · 1h · 8,760 bars`. */
export function marketOf({ symbols, timeframe, bars }: Pick<Summary, "symbols" | "timeframe" | "bars">): string {
  const parts = [symbols.filter((symbol) => symbol !== "*").join(", "), timeframe ?? "", bars === null ? "" : counted(bars, "bar")];
  return parts.filter((part) => part !== "").join(" · ");
}

export function nameOf({ title, workflow }: Pick<Summary, "title" | "workflow">): string {
  return title === "" ? workflow : title;
}

export function backtestAddress(id: string): string {
  return `/backtests/${encodeURIComponent(id)}`;
}

export function compareAddress(a: string, b: string | null): string {
  const query = new URLSearchParams(b === null ? { a } : { a, b });
  return `/backtests/compare?${query}`;
}

/** `rsi.period 14, rsi.low 30`. */
export function chosenInWords(chosen: Chosen): string {
  return Object.entries(chosen)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
}

/** Who tried the variants. */
export function spreadInWords({ runs, here }: NonNullable<Detail["spread"]>): string {
  return runs > here ? `${number(runs - here)} of ${counted(runs, "run")} by other processes` : "no other process took part";
}

/** How far it has come, in percent of the whole. */
export function percentDone({ progress }: Pick<Summary, "progress">): number {
  return Math.max(0, Math.min(100, Math.floor((progress ?? 0) * 100)));
}
