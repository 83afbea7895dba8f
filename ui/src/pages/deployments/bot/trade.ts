// A trade and an order, in words.
import type { Order, Trade } from "@/api/bots";
import { amount } from "@/format/money";
import { counted } from "@/format/number";

/** `5,810 → 5,920` */
export function pricesOf({ entry, exit }: Pick<Trade, "entry" | "exit">): string {
  return `${amount(entry)} → ${amount(exit)}`;
}

export function shareOf({ share }: Pick<Trade, "share">): string {
  if (share === null) return "";
  const percent = Math.abs(share * 100).toFixed(2);
  return `${share > 0 ? "+" : share < 0 ? "−" : ""}${percent}%`;
}

/** Which runs a trade opens: the first that entered it, the one that closed it, and how many are between. */
export function runsOf({ runs }: Pick<Trade, "runs">): { entry: string | null; exit: string | null; between: number } {
  const exit = runs[runs.length - 1] ?? null;
  const entry = runs.length > 1 ? (runs[0] ?? null) : null;
  return { entry, exit, between: Math.max(0, runs.length - 2) };
}

/** `Buy 0.5 at 59,000`, `Sell 1, stop at 56,000`. */
export function orderInWords(order: Pick<Order, "side" | "quantity" | "price" | "stop_price" | "filled">): string {
  const { side, quantity, price, stop_price, filled } = order;
  const words = `${side === "sell" ? "Sell" : "Buy"} ${amount(quantity)}`;
  const at = price === null ? "" : ` at ${amount(price)}`;
  const stop = stop_price === null ? "" : `, stop at ${amount(stop_price)}`;
  const done = Number(filled) > 0 ? `, ${amount(filled)} filled` : "";
  return `${words}${at}${stop}${done}`;
}

/** Of an order that is filled, what is left of it: `Sell 0.5: stop-loss at 56,000, take-profit at 64,000`. */
export function guardInWords(order: Pick<Order, "side" | "filled" | "stop_loss" | "take_profit">): string {
  const { side, filled, stop_loss, take_profit } = order;
  const parts = [
    ...(stop_loss === null ? [] : [`stop-loss at ${amount(stop_loss)}`]),
    ...(take_profit === null ? [] : [`take-profit at ${amount(take_profit)}`]),
  ];
  return `${side === "sell" ? "Buy" : "Sell"} ${amount(filled)}: ${parts.join(", ")}`;
}

/** It is filled, and open only for what closes again what it opened. */
export function isGuard({ status, guarded }: Pick<Order, "status" | "guarded">): boolean {
  return status === "filled" && guarded !== null && guarded !== "";
}

const STATUSES: Readonly<Record<string, string>> = {
  sending: "Being sent",
  unknown: "Being asked for",
  open: "Open",
  partly_filled: "Partly filled",
  filled: "Filled",
  cancelled: "Cancelled",
  rejected: "Refused",
  expired: "Expired",
};

export function orderStatus(status: string): string {
  return STATUSES[status] ?? status;
}

/** What a kill switch leaves as it is. */
export function leftOpen(orders: number, positions: number): string {
  if (orders === 0 && positions === 0) return "Nothing of it is open now.";
  const parts = [
    ...(orders > 0 ? [counted(orders, "open order")] : []),
    ...(positions > 0 ? [counted(positions, "position")] : []),
  ];
  return `It has ${parts.join(" and ")} now.`;
}
