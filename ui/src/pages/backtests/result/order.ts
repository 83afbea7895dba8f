// In which order trades are listed, as it stands in the address: `-profit`.
import type { TradeOrder } from "@/api/backtests";

export const ORDERS = [
  { by: "number", title: "In order" },
  { by: "profit", title: "Profit" },
  { by: "share", title: "Share" },
  { by: "held", title: "Time held" },
  { by: "mae", title: "Worst between" },
  { by: "mfe", title: "Best between" },
  { by: "opened", title: "Entry" },
] as const satisfies readonly { by: TradeOrder["by"]; title: string }[];

const USUAL: TradeOrder = { by: "number", isDown: false };

export function orderIn(text: string | null): TradeOrder {
  const isDown = text?.startsWith("-") === true;
  const by = ORDERS.find((one) => one.by === text?.replace(/^-/, ""))?.by;
  return by === undefined ? USUAL : { by, isDown };
}

/** Null: the usual one. */
export function writeOrder({ by, isDown }: TradeOrder): string | null {
  return by === USUAL.by && isDown === USUAL.isDown ? null : `${isDown ? "-" : ""}${by}`;
}

/** By what was clicked: the most first; clicked again, the least. */
export function turned(order: TradeOrder, by: TradeOrder["by"]): TradeOrder {
  return order.by === by ? { by, isDown: !order.isDown } : { by, isDown: by !== "number" };
}
