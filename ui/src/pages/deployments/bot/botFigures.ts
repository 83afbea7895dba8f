// What a bot came to, in figures for people.
import type { BotFigures } from "@/api/bots";
import { amount, gain, inCurrency, type Sign, signOf } from "@/format/money";
import { number, share } from "@/format/number";
import { duration } from "@/format/time";

export interface BotFigure {
  label: string;
  value: string;
  /** Whether it was gained or lost. */
  sign?: Sign;
  /** What it means, or how it came to be. */
  title?: string;
}

/** Those that a card has room for. */
export function cardFigures(bot: BotFigures): BotFigure[] {
  return [
    { label: unit("Profit", bot.currency), value: gain(bot.profit), sign: signOf(bot.profit), title: "After fees" },
    { label: "Win rate", value: bot.win_rate === null ? "–" : share(bot.win_rate) },
    { label: "Trades", value: number(bot.trades) },
  ];
}

function unit(label: string, currency: string): string {
  return currency === "" ? label : `${label}, ${currency}`;
}

export function mainBotFigures(bot: BotFigures): BotFigure[] {
  return [
    ...cardFigures(bot),
    {
      label: "Max drawdown",
      value: amount(bot.max_drawdown),
      title: "The deepest fall of the profit from where it was best",
    },
  ];
}

export function otherBotFigures(bot: BotFigures): BotFigure[] {
  const lines: (BotFigure | null)[] = [
    { label: "Won", value: number(bot.won) },
    { label: "Lost", value: number(bot.lost) },
    bot.profit_factor === null
      ? null
      : { label: "Profit factor", value: amount(bot.profit_factor), title: "Gained for each that was lost" },
    bot.mean_profit === null ? null : { label: "A trade", value: gain(bot.mean_profit), title: "Profit of a trade, on average" },
    bot.mean_held_s === null ? null : { label: "Held", value: duration(bot.mean_held_s * 1000), title: "On average" },
    { label: "Fees", value: amount(bot.fees), title: "All that were paid, for what is still open too" },
    bot.equity === null ? null : { label: "Account", value: inCurrency(amount(bot.equity), bot.equity_currency) },
    bot.max_drawdown_share === null
      ? null
      : { label: "Account fell", value: fell(bot.max_drawdown_share), title: "At most, from where it was highest" },
    ...bot.others.map((other) => ({ label: `In ${other.currency || "others"}`, value: gain(other.profit) })),
    ...Object.entries(bot.other_fees).map(([asset, paid]) => ({
      label: `Fees in ${asset}`,
      value: amount(paid),
      title: "Paid in another asset: not in the profit",
    })),
  ];
  return lines.filter((line) => line !== null);
}

export const RANGES = ["24h", "7d", "30d", "all"] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_WORDS: Readonly<Record<Range, string>> = { "24h": "24 h", "7d": "7 d", "30d": "30 d", all: "All" };

const HOURS: Readonly<Record<Range, number | null>> = { "24h": 24, "7d": 168, "30d": 720, all: null };

export function rangeIn(text: string | null): Range {
  return RANGES.find((range) => range === text) ?? "all";
}

/** Where a range begins, to the hour, so that it is the same question for a while; null: at the beginning. */
export function beginOf(range: Range, now: Date): string | null {
  const hours = HOURS[range];
  if (hours === null) return null;
  const hour = 3_600_000;
  return new Date(Math.floor(now.getTime() / hour) * hour - (hours - 1) * hour).toISOString();
}

/** Where it fell at all, it is not told as nothing. */
function fell(part: number): string {
  return part > 0 && part < 0.001 ? `<${share(0.001)}` : share(part);
}
