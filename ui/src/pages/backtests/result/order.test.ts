import { expect, it } from "vitest";
import { orderIn, turned, writeOrder } from "@/pages/backtests/result/order";

it("is read from the address and written there", () => {
  for (const text of ["profit", "-profit", "-number"]) expect(writeOrder(orderIn(text))).toBe(text);
  expect(orderIn("nonsense")).toEqual({ by: "number", isDown: false });
  expect(writeOrder(orderIn(null))).toBeNull();
});

it("turns around when it is clicked again", () => {
  const first = turned(orderIn(null), "profit");
  expect(first).toEqual({ by: "profit", isDown: true });
  expect(turned(first, "profit")).toEqual({ by: "profit", isDown: false });
});
