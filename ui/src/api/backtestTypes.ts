// What the API tells of backtests, under shorter names.
import type { Model } from "@/api/client";

/** As it is answered: what has a default is told, too. */
export type Told<T> = T extends (infer Item)[] ? Told<Item>[] : T extends object ? { [Name in keyof T]-?: Told<Exclude<T[Name], undefined>> } : T;

export type Summary = Told<Model<"BacktestSummary">>;
export type Detail = Told<Model<"BacktestDetail">>;
export type Kind = Summary["kind"];
export type State = Summary["state"];
export type Warning = Told<Model<"Finding">>;
export type Explained = Told<Model<"Explained">>;
export type Honesty = Told<Model<"Honesty">>;
export type Costs = Told<Model<"Costs">>;
export type Trade = Told<Model<"BacktestTrade">>;
export type Equity = Told<Model<"EquityCurve">>;
export type Pane = Told<Model<"Pane">>;
export type Candles = Told<Model<"Candles">>;
export type ValuesAt = Told<Model<"WireValues">>;
export type Sweep = Told<Model<"Sweep">>;
export type SweepRow = Told<Model<"SweepRow">>;
export type WalkForward = Told<Model<"WalkForward">>;
export type Window = WalkForward["windows"][number];
export type Period = Window["train"];
export type MonteCarlo = Told<Model<"MonteCarlo">>;
export type Compared = Told<Model<"BacktestComparison">>;
export type StartBacktest = Model<"StartBacktest">;
export type SweepParameter = Model<"SweepParameter">;
export type SweepRequest = Model<"SweepGiven">;

/** By name, as `BacktestResult.figures`: shares are 0.1 for 10 %. */
export type Figures = Summary["figures"];
/** Values of settings, by their names. */
export type Chosen = Readonly<Record<string, unknown>>;

export const KINDS: readonly Kind[] = ["backtest", "sweep", "walk_forward", "monte_carlo"];
export const BANDS = ["p5", "p25", "p50", "p75", "p95"] as const;

/** What was asked for, as it was sent. */
export function requestOf({ request }: Pick<Detail, "request">): Partial<StartBacktest> {
  return request as Partial<StartBacktest>;
}
