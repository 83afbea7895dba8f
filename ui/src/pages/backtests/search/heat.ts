// A sweep as a heat map of two of its parameters: of several variants in one cell, the best.
import type { Chosen, Figures, Sweep, SweepRow } from "@/api/backtestTypes";
import { betterOf, valueOf } from "@/pages/backtests/figures";

type Value = Chosen[string];

export interface Cell {
  /** The place of the variant among all rows. */
  readonly row: number;
  readonly value: number;
}

export interface Heat {
  readonly across: string;
  /** Null: there is one parameter only. */
  readonly down: string | null;
  readonly columns: readonly Value[];
  readonly rows: readonly Value[];
  /** `cells[row][column]`; null: not tried, or without the figure. */
  readonly cells: readonly (readonly (Cell | null)[])[];
  readonly low: number;
  readonly high: number;
}

const text = (value: Value | undefined): string => JSON.stringify(value ?? null);

/** Whether one figure is better than another. */
export function isBetter(metric: string, one: number, other: number): boolean {
  return betterOf(metric) === "less" ? one < other : one > other;
}

export function heatOf({ parameters, rows }: Pick<Sweep, "parameters" | "rows">, metric: string, across: string, down: string | null): Heat {
  const columns = parameters.find(({ name }) => name === across)?.values ?? [];
  const lines = down === null ? [null] : (parameters.find(({ name }) => name === down)?.values ?? []);
  const column = new Map(columns.map((value, at) => [text(value), at]));
  const line = new Map(lines.map((value, at) => [text(value), at]));
  const cells: (Cell | null)[][] = lines.map(() => columns.map(() => null));
  rows.forEach(({ values, figures }, row) => {
    const value = valueOf(figures, metric);
    const x = column.get(text(values[across]));
    const y = down === null ? 0 : line.get(text(values[down]));
    const at = y === undefined ? undefined : cells[y];
    if (value === null || x === undefined || at === undefined) return;
    const before = at[x];
    if (before === null || before === undefined || isBetter(metric, value, before.value)) at[x] = { row, value };
  });
  const known = cells.flat().flatMap((cell) => (cell === null ? [] : [cell.value]));
  const [low, high] = known.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [known[0] ?? 0, known[0] ?? 0]);
  return { across, down, columns, rows: lines, cells, low, high };
}

export interface Ink {
  readonly tone: "good" | "bad" | "accent";
  /** From 0 to 1. */
  readonly share: number;
}

/** Where some gain and some lose, by which of the two and how much; else by where it lies between the worst and the best. */
export function inkOf(metric: string, value: number, { low, high }: Pick<Heat, "low" | "high">): Ink {
  if (low < 0 && high > 0) {
    const most = Math.max(-low, high);
    return { tone: value < 0 ? "bad" : "good", share: Math.abs(value) / most };
  }
  const share = high === low ? 0.5 : (value - low) / (high - low);
  return { tone: "accent", share: betterOf(metric) === "less" ? 1 - share : share };
}

/** The best of all, by the metric. */
export function ranked(rows: readonly SweepRow[], metric: string, most: number): { row: number; figures: Figures; values: Chosen }[] {
  return rows
    .map(({ figures, values }, row) => ({ row, figures, values, value: valueOf(figures, metric) }))
    .filter((one): one is typeof one & { value: number } => one.value !== null)
    .sort((a, b) => (isBetter(metric, a.value, b.value) ? -1 : isBetter(metric, b.value, a.value) ? 1 : a.row - b.row))
    .slice(0, most);
}

/** Metrics that at least one variant has. */
export function metricsIn(rows: readonly SweepRow[], names: readonly string[]): string[] {
  return names.filter((name) => rows.some(({ figures }) => valueOf(figures, name) !== null));
}
