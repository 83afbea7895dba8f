import { expect, it } from "vitest";
import type { Template } from "@/api/templates";
import { categoriesOf, factsOf, measuredIn, readTemplateFilter, titled } from "@/pages/templates/templates";

const none = { uses: 0, completed: 0, failed: 0, ratings: 0, success_rate: null, rating: null } as Template["statistics"];

it("tells only what was measured", () => {
  expect(factsOf({ statistics: none, duration_seconds: null })).toEqual([]);
  const statistics = { ...none, uses: 3, completed: 9, failed: 1, success_rate: 0.9, rating: 4.5, ratings: 2 };
  expect(factsOf({ statistics, duration_seconds: 20 })).toEqual([
    "used 3 times",
    "90% of 10 runs succeeded",
    "rated 4.5 by 2",
    "takes about 20 s",
  ]);
});

it("reads its address and knows the categories", () => {
  expect(readTemplateFilter(new URLSearchParams("search=%20&difficulty=easy&category=general"))).toEqual({ category: "general" });
  expect(categoriesOf([{ category: "b" }, { category: "a" }, { category: "b" }])).toEqual(["a", "b"]);
  expect(titled("human-in-the-loop")).toBe("Human in the loop");
});

it("tells what a trading template came to, with how it was measured", () => {
  const measured = {
    seed: 1, begins: "2025-01-01", ends: "2026-01-01", fees: "of the market", parameters: { every: "1h" }, runs: 8760, orders: 32,
    fills: 32, profit_pct: 6, max_drawdown_pct: 0.13, market_pct: -2.5, win_rate: null, currency: "USDT", began_with: 1, ended_with: 2,
    equity: [],
  };

  expect(factsOf({ statistics: none, duration_seconds: null, measured })).toEqual(["+6.0 % in simulated markets"]);
  const told = measuredIn(measured);
  for (const part of ["+6.0 %", "seed 1", "fees of the market, every 1h", "32 fills", "-2.5 %", "no promise"]) expect(told).toContain(part);
});
