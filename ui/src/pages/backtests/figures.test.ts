import { describe, expect, it } from "vitest";
import { labelOf, namesIn, shown, shownDifference, signIn, valueOf, winner } from "@/pages/backtests/figures";

describe("shown", () => {
  it.each([
    ["total_return", 0.1234, "+12.3%"],
    ["total_return", -0.0035, "−0.35%"],
    ["total_return", 12.5, "+1250%"],
    ["max_drawdown", 0.2, "20.0%"],
    ["sharpe", 1.234, "1.23"],
    ["sharpe", null, "–"],
    ["trades", 1200, "1,200"],
    ["longest_drawdown_days", 12.4, "12.4 d"],
    ["expectancy", 2.5, "+2.5 USDT"],
    ["unheard_of", 1.5, "1.50"],
  ])("of %s %s is %s", (name, value, text) => expect(shown(name, value, "USDT")).toBe(text));
});

it("shows what lies between two with its sign, and no noise", () => {
  expect(shownDifference("trades", 26, 29)).toBe("+3");
  expect(shownDifference("total_return", -0.0455, -0.0631)).toBe("−1.76%");
  expect(shownDifference("largest_loss", -61.939990902, -61.939995999, "USDT")).toBe("0 USDT");
  expect(shownDifference("sharpe", null, 1)).toBe("–");
});

it("names what it does not know in plain words", () => {
  expect(labelOf("sharpe")).toBe("Sharpe");
  expect(labelOf("odd_thing")).toBe("Odd thing");
});

it("tells how much was at stake from how long something was held", () => {
  expect(labelOf("exposure")).toBe("At stake on average");
  expect(labelOf("time_in_market")).toBe("Time in the market");
});

it("reads a figure, and takes what is not told or no number for unknown", () => {
  expect(valueOf({ a: 1.5 }, "a")).toBe(1.5);
  expect(valueOf({ a: null }, "a")).toBeNull();
  expect(valueOf({ a: Number.NaN }, "a")).toBeNull();
  expect(valueOf({}, "a")).toBeNull();
});

it("lists what is known first, in its order, then the rest", () => {
  expect(namesIn({ own: 1, sharpe: 1, total_return: 1, note: null })).toEqual(["total_return", "sharpe", "own"]);
  expect(namesIn({ sharpe: 1, trades: 2 }, ["sharpe"])).toEqual(["trades"]);
});

it("says which of two is better where that can be said", () => {
  expect(winner("sharpe", 1, 2)).toBe("b");
  expect(winner("max_drawdown", 0.1, 0.2)).toBe("a");
  expect(winner("trades", 1, 2)).toBeNull();
  expect(winner("sharpe", null, 2)).toBeNull();
});

it("colours what was gained and lost", () => {
  expect(signIn("total_return", -0.1)).toBe("down");
  expect(signIn("max_drawdown", 0.1)).toBeUndefined();
});
