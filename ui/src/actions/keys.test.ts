import { describe, expect, it } from "vitest";
import { isPressed } from "@/actions/keys";

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
    ["mod+z", { key: "Z", ctrlKey: true, shiftKey: true }, false],
  ])("%s by %o: %s", (keys, pressed, isIt) => {
    expect(isPressed(keys, { ...NOTHING, ...pressed })).toBe(isIt);
  });
});
