import { expect, it } from "vitest";
import { differed, isJudged, measured } from "@/pages/deployments/figures";

it("writes a measure by what it measures", () => {
  expect(measured({ name: "success rate" }, 0.954)).toBe("95.4%");
  expect(measured({ name: "mean duration, ms" }, 1240)).toBe("1.2 s");
  expect(measured({ name: "profit per run" }, 1.234567)).toBe("1.235");
  expect(measured({ name: "profit per run" }, null)).toBe("–");
});

it("writes a difference with its sign", () => {
  expect(differed({ name: "success rate" }, -0.05)).toBe("−5 points");
  expect(differed({ name: "p95 duration, ms" }, 38)).toBe("+38 ms");
  expect(differed({ name: "x" }, 0)).toBe("0");
});

it("judges rates and means, not sums", () => {
  expect(isJudged({ name: "win rate" })).toBe(true);
  expect(isJudged({ name: "mean duration, ms" })).toBe(true);
  expect(isJudged({ name: "profit, USDT" })).toBe(false);
});
