import { expect, it } from "vitest";
import { chosenInWords, compareAddress, kindWords, marketOf, nameOf, percentDone, periodOf, spreadInWords } from "@/pages/backtests/words";

it("says over what it went", () => {
  expect(marketOf({ symbols: ["BTC/USDT"], timeframe: "1h", bars: 8760 })).toBe("BTC/USDT · 1h · 8,760 bars");
  expect(marketOf({ symbols: ["*"], timeframe: null, bars: null })).toBe("");
});

it("says when, once where it is one day", () => {
  expect(periodOf({ begins: null, ends: null })).toBe("–");
  expect(periodOf({ begins: "2024-05-01T08:00:00Z", ends: "2024-05-01T12:00:00Z" })).not.toContain("–");
  expect(periodOf({ begins: "2024-05-01T12:00:00Z", ends: "2024-05-03T12:00:00Z" })).toContain(" – ");
});

it("says who tried the variants", () => {
  expect(spreadInWords({ runs: 12, here: 5 })).toBe("7 of 12 runs by other processes");
  expect(spreadInWords({ runs: 1, here: 1 })).toBe("no other process took part");
});

it("names it", () => {
  expect(nameOf({ title: "", workflow: "rsi" })).toBe("rsi");
  expect(kindWords("walk_forward")).toBe("Walk-forward");
  expect(chosenInWords({ "rsi.period": 14, "rsi.low": 30 })).toBe("rsi.period 14, rsi.low 30");
  expect(compareAddress("a", "b c")).toBe("/backtests/compare?a=a&b=b+c");
});

it("is not done before it is", () => {
  expect(percentDone({ progress: 0.999 })).toBe(99);
  expect(percentDone({ progress: 2 })).toBe(100);
});
