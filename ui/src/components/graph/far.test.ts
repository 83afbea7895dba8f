import { describe, expect, it } from "vitest";
import { isFar, nameIn } from "@/components/graph/far";

describe("isFar", () => {
  it("is so with many nodes only, however small they are", () => {
    expect(isFar(0.1, 8)).toBe(false);
    expect(isFar(0.1, 1000)).toBe(true);
    expect(isFar(0.5, 1000)).toBe(false);
  });
});

describe("nameIn", () => {
  it.each([
    ["send", 64, 26, "send"],
    ["send the invoice", 64, 26, "send the …"],
    ["send the invoice", 24, 26, ""],
    ["send", 64, 8, ""],
    ["if", 22, 14, "if"],
    ["", 64, 26, ""],
  ])("%s in %i × %i: %s", (title, width, height, name) => {
    expect(nameIn(title, width, height)).toBe(name);
  });
});
