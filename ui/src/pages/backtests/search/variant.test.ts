import { expect, it } from "vitest";
import { variantOf } from "@/pages/backtests/search/variant";

it("is what was asked for with the values of the variant, and no search", () => {
  const data = [{ symbol: "*", source: "btc.csv" }];
  const sweep = { parameters: [{ name: "rsi.period", values: [7, 14] }], method: "grid" as const, metric: "sharpe" };
  const request = { data, set: { "weak.threshold": 30 }, paper: { fees: 0.001 }, sweep, spread: true, since: "2024-01-01" };
  expect(variantOf({ workflow: "rsi", request }, { "rsi.period": 14, "input.size": 2 })).toEqual({
    workflow: "rsi",
    data,
    paper: { fees: 0.001 },
    since: "2024-01-01",
    set: { "weak.threshold": 30, "rsi.period": 14 },
    input: { size: 2 },
  });
});
