import { expect, it } from "vitest";
import type { Bars } from "@/api/bars";
import { barsInWords, marketFor, offered, onlySymbol, symbolsOf, timeframeOf } from "@/pages/backtests/new/markets";

const graph = (...configs: Record<string, never | string>[]) => ({ nodes: configs.map((config, at) => ({ id: `n${at}`, type: "x", config })), connections: [] });
const bars = (name: string, symbol: string, more: Partial<Bars> = {}): Bars => ({
  name, symbol, venue: "file", timeframe: "1h", begins: null, ends: null, bars: 3, gaps: 0, size: 1, source: "upload", ...more,
});

it("asks for bars of each market where there are several", () => {
  expect(symbolsOf(graph({ symbol: "BTC/USDT" }, { symbol: "BTC/USDT" }))).toEqual(["*"]);
  expect(symbolsOf(graph({ symbol: "BTC/USDT" }, { symbol: "ETH/USDT" }))).toEqual(["BTC/USDT", "ETH/USDT"]);
  expect(symbolsOf(graph({ symbol: "{{ input.symbol }}" }))).toEqual(["*"]);
});

it("knows the one market and how long its bars are", () => {
  expect(onlySymbol(graph({ symbol: "BTC/USDT" }, { timeframe: "4h" }))).toBe("BTC/USDT");
  expect(onlySymbol(graph())).toBeNull();
  expect(timeframeOf(graph({ timeframe: "{{ x }}" }, { timeframe: "4h" }))).toBe("4h");
});

it("takes bars for the market they are called after, or the first without", () => {
  expect(marketFor("binance:ETH/USDT@1h", ["BTC/USDT", "ETH/USDT"], {})).toBe("ETH/USDT");
  expect(marketFor("file:prices@1h", ["BTC/USDT", "ETH/USDT"], { "BTC/USDT": "btc.csv" })).toBe("ETH/USDT");
  expect(marketFor("file:prices@1h", ["*"], { "*": "btc.csv" })).toBe("*");
});

it("offers bars of the market first, and says what they are", () => {
  expect(offered([bars("a", "ETH/USDT"), bars("b", "BTC/USDT")], "BTC/USDT").map(({ name }) => name)).toEqual(["b", "a"]);
  expect(barsInWords(bars("a", "x", { gaps: 2 }))).toBe("3 bars of 1h, 2 gaps");
});
