import { describe, expect, it } from "vitest";
import { distance, duration, elapsed } from "@/format/time";

describe("duration", () => {
  it.each([
    [0.42, "0.4 ms"],
    [38.4, "38 ms"],
    [1_240, "1.2 s"],
    [48_600, "49 s"],
    [249_000, "4 min 9 s"],
    [12_000_000, "3 h 20 min"],
    [187_200_000, "2 d 4 h"],
    [3_600_000, "1 h"],
  ])("%d ms is %s", (ms, text) => expect(duration(ms)).toBe(text));
});

describe("elapsed", () => {
  it.each([
    [-5, "0 s"],
    [1_900, "1 s"],
    [61_000, "1 min 1 s"],
  ])("%d ms is %s", (ms, text) => expect(elapsed(ms)).toBe(text));
});

describe("distance", () => {
  const now = new Date("2026-03-29T00:59:00Z");
  it.each([
    ["2026-03-29T00:58:58Z", "now"],
    ["2026-03-29T00:58:20Z", "40 s ago"],
    ["2026-03-29T01:04:10Z", "in 5 min"],
    ["2026-03-28T21:59:00Z", "3 h ago"],
    ["2026-03-27T21:59:00Z", null],
  ])("%s is %s", (at, text) => expect(distance(new Date(at), now)).toBe(text));
});
