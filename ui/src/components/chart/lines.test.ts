import { expect, it } from "vitest";
import { allTimes, heldFrom, inWords, joined } from "@/components/chart/lines";

it("grows what was bought at the beginning as the price does", () => {
  expect(heldFrom(1000, [null, 50, 100, null, 25])).toEqual([null, 1000, 2000, null, 500]);
  expect(heldFrom(1000, [null, 0])).toEqual([null, null]);
  expect(heldFrom(null, [1])).toEqual([null]);
});

it("puts two curves of other times onto one axis", () => {
  const times = allTimes([1, 3, 5], [2, 3]);
  expect(times).toEqual([1, 2, 3, 5]);
  expect(joined(times, [2, 3], [20, 30])).toEqual([null, 20, 30, null]);
  expect(joined(times, [1, 3, 5], [10, 30, 50])).toEqual([10, 10, 30, 50]);
});

it("says in words what it draws", () => {
  expect(inWords("Equity", [1, null, 3, 2], String)).toBe("Equity: 2 at last, between 1 and 3");
  expect(inWords("Equity", [null], String)).toBe("Equity: nothing is known");
});
