import { describe, expect, it } from "vitest";
import { isPressed, shownKeys } from "@/actions/keys";

const NOTHING = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

describe("isPressed", () => {
  it.each([
    ["mod+k", { key: "k", ctrlKey: true }, true],
    ["mod+k", { key: "K", ctrlKey: true, shiftKey: true }, false],
    ["n", { key: "n" }, true],
    ["n", { key: "n", ctrlKey: true }, false],
    ["?", { key: "?", shiftKey: true }, true],
    ["shift+alt+t", { key: "T", shiftKey: true, altKey: true }, true],
    ["mod+shift+z", { key: "Z", ctrlKey: true, shiftKey: true }, true],
    ["+", { key: "+" }, true],
    ["+", { key: "+", shiftKey: true }, true],
    ["mod++", { key: "+", ctrlKey: true }, true],
    ["+", { key: "-" }, false],
    ["mod+z", { key: "Z", ctrlKey: true, shiftKey: true }, false],
  ])("%s by %o: %s", (keys, pressed, isIt) => {
    expect(isPressed(keys, { ...NOTHING, ...pressed })).toBe(isIt);
  });
});

describe("shownKeys", () => {
  it.each([
    ["f2", ["F2"]],
    ["n", ["N"]],
    ["+", ["+"]],
    ["mod++", ["Ctrl", "+"]],
    ["shift+alt+t", ["Shift", "Alt", "T"]],
    ["mod+delete", ["Ctrl", "Del"]],
  ])("%s as %j", (keys, shown) => {
    expect(shownKeys(keys)).toEqual(shown);
  });
});
