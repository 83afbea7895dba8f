import { describe, expect, it } from "vitest";
import { axisOf, type Bar } from "@/record/timeline";

function bar(from: number, to: number | null): Bar {
  return { path: "a", title: "a", status: "running", depth: 0, from, to, waitingFrom: null, isGroup: false, groups: [] };
}

describe("axisOf", () => {
  it("goes from the first beginning to the last end, or to now", () => {
    expect(axisOf([bar(20, 50), bar(10, 30)], 40, 0)).toEqual([10, 50]);
    expect(axisOf([bar(20, 50), bar(10, null)], 40, 90)).toEqual([10, 90]);
    expect(axisOf([bar(20, 20)], null, 0)).toEqual([20, 21]);
  });

  it("takes a run of any length", () => {
    expect(axisOf(Array.from({ length: 300_000 }, (_, at) => bar(at, at + 1)), null, 0)).toEqual([0, 300_000]);
  });
});
