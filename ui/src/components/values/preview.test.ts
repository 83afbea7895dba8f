import { describe, expect, it } from "vitest";
import { onOneLine, preview } from "@/components/values/preview";

describe("preview", () => {
  it.each([
    [{ a: 1, b: [2] }, "{a: 1, b: […]}"],
    [[1, 2], "2 items"],
    ["  two\nlines ", "two lines"],
    [null, "null"],
    [{ truncated: true, bytes: 9, preview: "[1, 2" }, "[1, 2"],
  ])("%j is %s", (value, text) => expect(preview(value)).toBe(text));
});

describe("onOneLine", () => {
  it.each([
    [[{ item: "Loom", price: 3 }], 100, "[{item: Loom, price: 3}]"],
    [{ a: null, b: [] }, 100, "{a: null, b: []}"],
    [[1, 2, 3, 4, 5, 6], 8, "[1, 2, …"],
  ])("%j in %d is %s", (value, most, text) => expect(onOneLine(value, most)).toBe(text));
});
