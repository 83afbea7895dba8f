import { expect, it } from "vitest";
import type { BotFigures } from "@/api/bots";
import { fromZero } from "@/components/chart/timeChart";
import { beginOf, cardFigures, otherBotFigures, rangeIn } from "@/pages/deployments/bot/botFigures";
import { guardInWords, isGuard, leftOpen, orderInWords, pricesOf, runsOf, shareOf } from "@/pages/deployments/bot/trade";

const bot: BotFigures = {
  currency: "USDT",
  profit: "12.5",
  fees: "3",
  trades: 8,
  won: 5,
  lost: 3,
  win_rate: 0.625,
  profit_factor: 1.8,
  mean_profit: "1.5625",
  mean_held_s: 600,
  max_drawdown: "4",
  others: [],
  fills: 16,
  open_positions: 0,
  open_orders: 0,
  other_fees: { BNB: "0.01" },
  equity: null,
  equity_currency: "",
  max_drawdown_share: null,
  first_at: null,
  last_at: null,
  unreadable: 0,
  spark: [],
};

it("shows on a card what a bot made, how often it won, and how often it traded", () => {
  expect(cardFigures(bot).map(({ value }) => value)).toEqual(["+12.5", "62.5%", "8"]);
  expect(cardFigures(bot)[0]?.label).toBe("Profit, USDT");
  expect(cardFigures({ ...bot, win_rate: null })[1]?.value).toBe("–");
});

it("leaves out what is not known", () => {
  const labels = otherBotFigures(bot).map(({ label }) => label);
  expect(labels).toEqual(["Won", "Lost", "Profit factor", "A trade", "Held", "Fees", "Fees in BNB"]);
  const account = otherBotFigures({ ...bot, equity: "990", equity_currency: "USDT", max_drawdown_share: 0.1 });
  expect(account.find(({ label }) => label === "Account fell")?.value).toBe("10%");
  const little = otherBotFigures({ ...bot, max_drawdown_share: 0.0004 });
  expect(little.find(({ label }) => label === "Account fell")?.value).toBe("<0.1%");
});

it("begins a range at a full hour", () => {
  const now = new Date("2026-11-21T14:35:12Z");
  expect(beginOf("24h", now)).toBe("2026-11-20T15:00:00.000Z");
  expect(beginOf("all", now)).toBeNull();
  expect(rangeIn("7d")).toBe("7d");
  expect(rangeIn("forever")).toBe("all");
});

it("begins a curve of profit at nothing", () => {
  const points = [{ at: "2026-11-21T10:00:00Z", value: "5" }];
  expect(fromZero(points, "2026-11-21T09:00:00Z")[0]).toEqual({ at: "2026-11-21T09:00:00Z", value: "0" });
  expect(fromZero(points, null)[0]).toEqual({ at: "2026-11-21T10:00:00Z", value: "0" });
  expect(fromZero([], null)).toEqual([]);
});

it("says a trade in few words", () => {
  expect(pricesOf({ entry: "5810", exit: "5920.5" })).toBe("5,810 → 5,920.5");
  expect(shareOf({ share: -0.0123 })).toBe("−1.23%");
  expect(shareOf({ share: null })).toBe("");
});

it("opens the runs of a trade", () => {
  expect(runsOf({ runs: ["a", "b", "c"] })).toEqual({ entry: "a", exit: "c", between: 1 });
  expect(runsOf({ runs: ["a"] })).toEqual({ entry: null, exit: "a", between: 0 });
  expect(runsOf({ runs: [] })).toEqual({ entry: null, exit: null, between: 0 });
});

it("says an order in few words", () => {
  const order = { side: "buy", quantity: "0.5", price: "59000", stop_price: null, filled: "0" };
  expect(orderInWords(order)).toBe("Buy 0.5 at 59,000");
  expect(orderInWords({ ...order, side: "sell", price: null, stop_price: "56000", filled: "0.1" })).toBe(
    "Sell 0.5, stop at 56,000, 0.1 filled",
  );
});

it("says what a kill switch leaves open", () => {
  expect(leftOpen(0, 0)).toBe("Nothing of it is open now.");
  expect(leftOpen(2, 1)).toBe("It has 2 open orders and 1 position now.");
});

it("says of a filled order what guards what it opened", () => {
  const order = { side: "buy", filled: "0.5", status: "filled", guarded: "venue", stop_loss: "56000", take_profit: null };
  expect(isGuard(order)).toBe(true);
  expect(guardInWords(order)).toBe("Sell 0.5: stop-loss at 56,000");
  expect(isGuard({ ...order, guarded: null })).toBe(false);
});
