// What a backtest came to, in figures for people.
import type { Figures } from "@/api/backtestTypes";
import { amount, gain, inCurrency, type Sign } from "@/format/money";
import { number } from "@/format/number";

type How = "gain" | "share" | "money" | "profit" | "plain" | "count" | "days";

interface Look {
  readonly label: string;
  readonly how: How;
  /** Whether more of it is better; undefined: neither. */
  readonly better?: "more" | "less";
  readonly title?: string;
}

const LOOKS: Readonly<Record<string, Look>> = {
  total_return: { label: "Return", how: "gain", better: "more", title: "Of the whole account, after fees" },
  buy_and_hold: { label: "Buy and hold", how: "gain", title: "Bought at the beginning, held to the end, without costs" },
  cagr: { label: "A year", how: "gain", better: "more", title: "Compound annual growth rate" },
  max_drawdown: { label: "Max drawdown", how: "share", better: "less", title: "The deepest fall from where it was highest" },
  longest_drawdown_days: { label: "Longest below a peak", how: "days", better: "less" },
  volatility: { label: "Volatility", how: "share", better: "less", title: "Of a year" },
  sharpe: { label: "Sharpe", how: "plain", better: "more", title: "Mean return for what it varies, of a year" },
  sortino: { label: "Sortino", how: "plain", better: "more", title: "As Sharpe, where only losses count as risk" },
  calmar: { label: "Calmar", how: "plain", better: "more", title: "Growth of a year for the deepest fall" },
  tail_ratio: { label: "Tail ratio", how: "plain", better: "more", title: "The best of twenty for the worst of twenty" },
  trades: { label: "Trades", how: "count" },
  win_rate: { label: "Win rate", how: "share", better: "more" },
  profit_factor: { label: "Profit factor", how: "plain", better: "more", title: "Gained for each that was lost" },
  expectancy: { label: "A trade", how: "profit", better: "more", title: "Profit of a trade, on average" },
  mean_win: { label: "A win", how: "profit", better: "more", title: "On average" },
  mean_loss: { label: "A loss", how: "profit", better: "more", title: "On average" },
  largest_win: { label: "Largest win", how: "profit", better: "more" },
  largest_loss: { label: "Largest loss", how: "profit", better: "more" },
  exposure: { label: "At stake on average", how: "share", title: "What was held, as a share of the account, on average" },
  time_in_market: { label: "Time in the market", how: "share", title: "The share of the time in which something was held" },
  turnover: { label: "Turnover", how: "money" },
  began_with: { label: "Began with", how: "money" },
  ended_with: { label: "Ended with", how: "money", better: "more" },
  fees: { label: "Fees", how: "money", better: "less" },
  deflated_sharpe: { label: "Deflated Sharpe", how: "share", better: "more", title: "How sure it is that the Sharpe ratio is not luck" },
};

/** What a search can be after. */
export const METRICS = ["sharpe", "sortino", "calmar", "total_return", "cagr", "profit_factor", "win_rate", "expectancy", "max_drawdown"] as const;

export const MAIN = ["total_return", "max_drawdown", "sharpe", "win_rate", "trades"] as const;

export function labelOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return LOOKS[name]?.label ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

export function titleOf(name: string): string | undefined {
  return LOOKS[name]?.title;
}

/** `more`, `less`: which of two is better; undefined where neither is. */
export function betterOf(name: string): "more" | "less" | undefined {
  return LOOKS[name]?.better;
}

/** A figure as a number; null where it is not known. */
export function valueOf(figures: Figures, name: string): number | null {
  const value = figures[name];
  return value === undefined || value === null || !Number.isFinite(value) ? null : value;
}

export function shown(name: string, value: number | null, currency = ""): string {
  if (value === null) return "–";
  switch (LOOKS[name]?.how) {
    case "gain":
      return signedShare(value);
    case "share":
      return percent(value);
    case "money":
      return inCurrency(amount(value), currency);
    case "profit":
      return inCurrency(gain(value), currency);
    case "count":
      return number(value);
    case "days":
      return `${amount(value)} d`;
    default:
      return ratio(value);
  }
}

/** What lies between two, with its sign; no more digits than the two have in sight. */
export function shownDifference(name: string, a: number | null, b: number | null, currency = ""): string {
  if (a === null || b === null) return "–";
  const most = Math.max(Math.abs(a), Math.abs(b));
  const unit = most === 0 ? 1 : 10 ** (Math.floor(Math.log10(most)) - 4);
  const difference = Math.round((b - a) / unit) * unit + 0;
  const text = shown(name, difference, currency);
  return difference > 0 && !text.startsWith("+") ? `+${text}` : text;
}

/** `+12.4%`, `−0.35%`. */
export function signedShare(value: number): string {
  return `${value > 0 ? "+" : ""}${percent(value)}`;
}

export function percent(value: number): string {
  const digits = Math.abs(value) >= 1 ? 0 : Math.abs(value) >= 0.1 ? 1 : 2;
  return `${(value * 100).toFixed(digits)}%`.replace("-", "−");
}

function ratio(value: number): string {
  return value.toFixed(Math.abs(value) >= 100 ? 0 : 2).replace("-", "−");
}

/** Of those that say gained or lost. */
export function signIn(name: string, value: number | null): Sign | undefined {
  const how = LOOKS[name]?.how;
  if (value === null || (how !== "gain" && how !== "profit")) return undefined;
  return value > 0 ? "up" : value < 0 ? "down" : "even";
}

/** Those that are known, the main ones first, in the order of the table above; then whatever else there is. */
export function namesIn(figures: Figures, without: readonly string[] = []): string[] {
  const known = Object.keys(LOOKS).filter((name) => name in figures);
  const others = Object.keys(figures).filter((name) => !(name in LOOKS) && figures[name] !== null);
  return [...known, ...others].filter((name) => !without.includes(name));
}

/** Which of two is better: `a`, `b`; null where that cannot be said. */
export function winner(name: string, a: number | null, b: number | null): "a" | "b" | null {
  const better = betterOf(name);
  if (better === undefined || a === null || b === null || a === b) return null;
  return (a > b) === (better === "more") ? "a" : "b";
}
