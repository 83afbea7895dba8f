import { describe, expect, it } from "vitest";
import type { Trade } from "@/api/backtestTypes";
import { isSparse, marksOf, panesOf, placeAt, sharesScale, spanWanted } from "@/components/chart/candles/marks";

const trade = (number: number, opened: number, closed: number, more: Partial<Trade> = {}): Trade => ({
  number,
  account: "paper/b",
  order: "",
  runs: [],
  symbol: "BTC/USDT",
  side: "long",
  quantity: "1",
  entry: "1",
  exit: "2",
  profit: "1",
  fees: "0",
  currency: "USDT",
  share: 0.1,
  opened_at: new Date(opened * 1e12).toISOString(),
  closed_at: new Date(closed * 1e12).toISOString(),
  held_s: 1,
  mae: null,
  mfe: null,
  mae_share: null,
  mfe_share: null,
  bar_in: null,
  bar_out: null,
  decided_at: null,
  left_at: null,
  decided: {},
  ...more,
});

describe("placeAt", () => {
  it.each([
    [0.5, -1],
    [1, 0],
    [1.5, 0],
    [3, 2],
    [9, 2],
  ])("of %d is %d", (moment, place) => expect(placeAt([1, 2, 3], moment)).toBe(place));
});

describe("marksOf", () => {
  const times = [1e12, 1.1e12, 1.2e12];

  it("marks an entry and an exit at the candles they fall into", () => {
    const marks = marksOf([trade(1, 1.05, 1.2)], times);
    expect(marks.map(({ is, side, time }) => [is, side, time])).toEqual([
      ["entry", "buy", 1e12],
      ["exit", "sell", 1.2e12],
    ]);
  });

  it("leaves out what is beside the candles, and turns the sides of a short", () => {
    expect(marksOf([trade(1, 0.9, 1.1, { side: "short" })], times).map(({ is, side }) => [is, side])).toEqual([["exit", "buy"]]);
    expect(marksOf([trade(1, 1.5, 1.6)], times)).toEqual([]);
    expect(marksOf([trade(1, 1, 1.1)], [])).toEqual([]);
  });
});

describe("panesOf", () => {
  const pane = (node: string, port: string, overlay = false) => ({ node, port, title: node, values: [], overlay });

  it("puts what a node gave into one pane", () => {
    const { over, below } = panesOf({ panes: [pane("ema", "value", true), pane("macd", "value"), pane("rsi", "value"), pane("macd", "signal")] });
    expect(over.map(({ node }) => node)).toEqual(["ema"]);
    expect(below.map((panes) => panes.map(({ port }) => port))).toEqual([["value", "signal"], ["value"]]);
  });
});

it("draws a level and a percent by scales of their own", () => {
  expect(sharesScale([61_000, null], [0.8])).toBe(false);
  expect(sharesScale([30, 70], [-55])).toBe(true);
  expect(sharesScale([null], [1])).toBe(true);
});

it("tells what is known now and then from what is known after a warm-up", () => {
  expect(isSparse([null, null, null, 1, 2, 3])).toBe(false);
  expect(isSparse([1, null, null, 2, null, null, null, null, null, 3, null, null, null, 4])).toBe(true);
  expect(isSparse([null, 1, null, null, null, 2, null, null, null, 3])).toBe(false);
  expect(isSparse([null])).toBe(false);
});

describe("spanWanted", () => {
  const whole = { from: 0, to: 1000 };

  it("reads a part of joined bars finer, with as much on each side", () => {
    expect(spanWanted({ from: 400, to: 500 }, whole, whole, 10)).toEqual({ from: 300, to: 600 });
    expect(spanWanted({ from: 100, to: 900 }, whole, whole, 10)).toBeUndefined();
    expect(spanWanted({ from: 400, to: 500 }, whole, whole, 1)).toBeUndefined();
  });

  it("reads on where one goes beyond what was read", () => {
    expect(spanWanted({ from: 250, to: 350 }, { from: 300, to: 600 }, whole, 1)).toEqual({ from: 150, to: 450 });
    expect(spanWanted({ from: -50, to: 1050 }, { from: 300, to: 600 }, whole, 1)).toBeNull();
    expect(spanWanted({ from: -50, to: 1050 }, whole, whole, 10)).toBeUndefined();
  });
});
