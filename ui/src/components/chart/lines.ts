// What a chart of several lines draws, and how it says so in words.

export type Tone = "own" | "other" | "fall" | "quiet";

export interface ChartLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly tone: Tone;
  readonly isFilled?: boolean;
  readonly isDashed?: boolean;
}

/** The room between two lines, by their places. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/** Equity that bought at the first price and held: `10,000` grows as the price does. */
export function heldFrom(start: number | null | undefined, prices: readonly (number | null)[]): (number | null)[] {
  const first = prices.find((price) => price !== null && price > 0);
  if (start === null || start === undefined || first === undefined || first === null) return prices.map(() => null);
  return prices.map((price) => (price === null ? null : (start * price) / first));
}

/** On the moments of one what the other was at last: two curves of other times share one axis. */
export function joined(times: readonly number[], others: readonly number[], values: readonly (number | null)[]): (number | null)[] {
  let place = 0;
  return times.map((time) => {
    while (place < others.length && (others[place] ?? 0) <= time) place += 1;
    return place === 0 || (place === others.length && time > (others[others.length - 1] ?? 0)) ? null : (values[place - 1] ?? null);
  });
}

/** Every moment of either, in order. */
export function allTimes(one: readonly number[], other: readonly number[]): number[] {
  return [...new Set([...one, ...other])].sort((a, b) => a - b);
}

/** Of a curve that is drawn, for who cannot see it. */
export function inWords(name: string, values: readonly (number | null)[], format: (value: number) => string): string {
  const known = values.filter((value): value is number => value !== null);
  const last = known[known.length - 1];
  if (last === undefined) return `${name}: nothing is known`;
  const [low, high] = known.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [last, last]);
  return `${name}: ${format(last)} at last, between ${format(low)} and ${format(high)}`;
}
