import { expect, it } from "vitest";
import type { Honesty } from "@/api/backtestTypes";
import { checksOf, doubtsOf } from "@/pages/backtests/result/doubts";

const honesty: Honesty = {
  look_ahead: { checked: true, found: [], nodes: [{ node: "rsi", looks_ahead: false, at: null, message: null }] },
  warm_up: { runs: 14, ends: null, nodes: [{ node: "rsi", runs: 14 }] },
  open_trades: [{ symbol: "BTC/USDT", quantity: "0.5" }],
  no_volume: 0,
  variants: { here: 1, before: 11 },
  findings: [{ code: "few_trades", message: "Only 3 trades.", severity: "info" }],
};

it("says every doubt once, the worst first", () => {
  const warnings = [
    { code: "few_trades", message: "Only 3 trades.", severity: "info" },
    { code: "no_fees", message: "No fees.", severity: "warning" },
    { code: "looks_ahead", message: "It cheats.", severity: "error" },
  ];
  expect(doubtsOf({ warnings, honesty }).map(({ code }) => code)).toEqual(["looks_ahead", "no_fees", "few_trades"]);
  expect(doubtsOf({ warnings: [{ code: "x", message: "x", severity: "odd" }], honesty: null })[0]?.severity).toBe("info");
});

it("says what was looked at", () => {
  expect(checksOf(honesty).map(({ label, said }) => `${label}: ${said}`)).toEqual([
    "Look-ahead: None: 1 node looked at",
    "Warm-up: 14 runs",
    "Still held at the end: 0.5 BTC/USDT",
    "Bars without volume: None",
    "Tried on this market: 12 variants, 1 of them here",
  ]);
  expect(checksOf(null)).toEqual([]);
});

it("names a node that cheats, and how", () => {
  const look_ahead = { checked: true, found: ["peek"], nodes: [{ node: "peek", looks_ahead: true, at: 1, message: null }] };
  const [first] = checksOf({ ...honesty, look_ahead });
  expect(first).toMatchObject({ said: "peek", isGood: false, detail: ["peek knows bars that were not over yet."] });
});
