import { expect, it } from "vitest";
import { amount, gain, inCurrency, signOf } from "@/format/money";

it("shows as many digits as one reads", () => {
  expect(amount("1204.5678")).toBe("1,204.57");
  expect(amount("12.3456")).toBe("12.35");
  expect(amount("1.23456789")).toBe("1.235");
  expect(amount("0.000123456")).toBe("0.0001235");
  expect(amount("0")).toBe("0");
  expect(amount("-12.5")).toBe("−12.5");
});

it("keeps what is no number as it is", () => {
  expect(amount("much")).toBe("much");
});

it("shows gains with their sign", () => {
  expect(gain("12.5")).toBe("+12.5");
  expect(gain("-3")).toBe("−3");
  expect(gain("0")).toBe("0");
  expect(signOf("-3")).toBe("down");
});

it("names the currency where there is one", () => {
  expect(inCurrency("12.5", "USDT")).toBe("12.5 USDT");
  expect(inCurrency("12.5", "")).toBe("12.5");
});
