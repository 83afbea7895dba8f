import { expect, it } from "vitest";
import { isTooShort, worthTelling, worthTellingOf } from "@/pages/backtests/telling";

const month = { begins: "2024-01-01T00:00:00Z", ends: "2024-01-31T00:00:00Z" };
const week = { begins: "2024-01-01T00:00:00Z", ends: "2024-01-08T00:00:00Z" };
const figures = { total_return: 0.1, sharpe: 9.5, cagr: 120, volatility: 0.3, sortino: null, calmar: 40, trades: 3 };

it("tells all of a month, and none of a year of less", () => {
  expect(worthTelling({ ...month, figures })).toEqual(figures);
  expect(worthTelling({ ...week, figures })).toEqual({ total_return: 0.1, trades: 3 });
  expect([isTooShort(month), isTooShort(week)]).toEqual([false, true]);
});

it("tells none of a year where nothing was traded, however long that was", () => {
  expect(worthTelling({ ...month, figures: { ...figures, trades: 0 } })).toEqual({ total_return: 0.1, trades: 0 });
});

it("tells none of a year of the variants of a search that has too little to tell luck from skill by", () => {
  expect(worthTellingOf(figures, month, { warnings: [{ code: "too_little" }] })).toEqual({ total_return: 0.1, trades: 3 });
  expect(worthTellingOf(figures, month, { warnings: [{ code: "peak" }] })).toEqual(figures);
  expect(worthTellingOf(figures, week, { warnings: [] })).toEqual({ total_return: 0.1, trades: 3 });
});

it("tells all where the period is not known", () => {
  expect(worthTelling({ begins: null, ends: null, figures })).toEqual(figures);
});
