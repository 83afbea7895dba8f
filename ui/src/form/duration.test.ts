import { describe, expect, it } from "vitest";
import { durationInWords, parseDuration } from "@/form/duration";

describe("parseDuration", () => {
  it.each([
    ["90s", 90],
    ["1h 30m", 5_400],
    ["1h30m", 5_400],
    ["500ms", 0.5],
    ["30", 30],
    ["2w", 1_209_600],
    ["soon", undefined],
    ["5 minutes", undefined],
    ["-3s", undefined],
    ["", undefined],
  ])("%s", (text, seconds) => expect(parseDuration(text)).toBe(seconds));
});

describe("durationInWords", () => {
  it.each([
    [90, "1 minute 30 seconds"],
    [5_400, "1 hour 30 minutes"],
    [0.5, "500 milliseconds"],
    [0, "no time"],
    [1, "1 second"],
  ])("%d", (seconds, words) => expect(durationInWords(seconds)).toBe(words));
});
