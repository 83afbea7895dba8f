import { expect, it } from "vitest";
import type { Sweep } from "@/api/backtestTypes";
import { heatOf, inkOf, metricsIn, ranked } from "@/pages/backtests/search/heat";

const row = (period: number, low: number, sharpe: number | null, side = "long") => ({
  values: { "rsi.period": period, "weak.threshold": low, "buy.side": side },
  figures: { sharpe, max_drawdown: sharpe === null ? null : sharpe / 10 },
  error: null,
});
const sweep: Pick<Sweep, "parameters" | "rows"> = {
  parameters: [
    { name: "rsi.period", values: [7, 14] },
    { name: "weak.threshold", values: [25, 30] },
    { name: "buy.side", values: ["long", "short"] },
  ],
  rows: [row(7, 25, 1), row(7, 25, 2, "short"), row(14, 25, -0.5), row(14, 30, null)],
};

it("lays two parameters out, with the best of what the others come to", () => {
  const { cells, columns, rows, low, high } = heatOf(sweep, "sharpe", "rsi.period", "weak.threshold");
  expect([columns, rows]).toEqual([
    [7, 14],
    [25, 30],
  ]);
  expect(cells).toEqual([
    [
      { row: 1, value: 2 },
      { row: 2, value: -0.5 },
    ],
    [null, null],
  ]);
  expect([low, high]).toEqual([-0.5, 2]);
});

it("takes the least of what should be little", () => {
  expect(heatOf(sweep, "max_drawdown", "rsi.period", "weak.threshold").cells[0]?.[0]?.row).toBe(0);
  expect(ranked(sweep.rows, "max_drawdown", 9).map((one) => one.row)).toEqual([2, 0, 1]);
});

it("is one line where there is one parameter", () => {
  const { cells, rows } = heatOf(sweep, "sharpe", "rsi.period", null);
  expect(rows).toEqual([null]);
  expect(cells[0]?.map((cell) => cell?.row)).toEqual([1, 2]);
});

it("colours gains and losses apart, and what has one sign by where it lies", () => {
  expect(inkOf("sharpe", -0.5, { low: -0.5, high: 2 })).toEqual({ tone: "bad", share: 0.25 });
  expect(inkOf("sharpe", 3, { low: 1, high: 3 })).toEqual({ tone: "accent", share: 1 });
  expect(inkOf("max_drawdown", 0.3, { low: 0.1, high: 0.3 })).toEqual({ tone: "accent", share: 0 });
  expect(inkOf("sharpe", 1, { low: 1, high: 1 }).share).toBe(0.5);
});

it("ranks by the metric, and offers those that are known", () => {
  expect(ranked(sweep.rows, "sharpe", 2).map((one) => one.row)).toEqual([1, 0]);
  expect(metricsIn(sweep.rows, ["sharpe", "calmar", "max_drawdown"])).toEqual(["sharpe", "max_drawdown"]);
});
