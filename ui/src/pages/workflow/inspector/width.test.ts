import { describe, expect, it } from "vitest";
import { LEAST, MOST, widthByKey, widthWithin } from "@/pages/workflow/inspector/width";

describe("the width of the inspector", () => {
  it.each([
    ["ArrowLeft", 400, 424],
    ["ArrowRight", 400, 376],
    ["ArrowRight", LEAST, LEAST],
    ["End", 400, MOST],
    ["a", 400, undefined],
  ])("%s at %d", (key, width, next) => expect(widthByKey(key, width)).toBe(next));

  it("stays within bounds", () => expect([widthWithin(1), widthWithin(9_999)]).toEqual([LEAST, MOST]));
});
