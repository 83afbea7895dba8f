import { expect, it } from "vitest";
import { enlarged } from "@/components/graph/enlarged";

it("is larger from afar, and never smaller than life", () => {
  expect([2, 1, 0.9].map(enlarged)).toEqual([1, 1, 1]);
  expect(enlarged(0.5)).toBe(2);
  expect(enlarged(0.6)).toBe(1.5);
  expect(enlarged(0.1)).toBe(2);
});
