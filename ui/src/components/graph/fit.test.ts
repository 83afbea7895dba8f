import { describe, expect, it } from "vitest";
import { fitted, fittedToRead, leftmost } from "@/components/graph/fit";

const room = { width: 1000, height: 600 };

describe("fitted", () => {
  it("shows all of it in the middle, and nothing larger than life", () => {
    expect(fitted({ x: 0, y: 0, width: 200, height: 100 }, room, 50)).toEqual({ x: 400, y: 250, zoom: 1 });
    expect(fitted({ x: 0, y: 0, width: 1800, height: 100 }, room, 50).zoom).toBe(0.5);
  });
});

describe("fittedToRead", () => {
  const first = { x: 0, y: 900, width: 224, height: 88 };
  const readable = { least: 0.4, zoom: 0.8 };

  it("is all of it where that can be read", () => {
    const box = { x: 0, y: 0, width: 1800, height: 400 };
    expect(fittedToRead(box, first, room, 50, readable)).toEqual(fitted(box, room, 50));
  });

  it("is the beginning of what is too long", () => {
    const view = fittedToRead({ x: 0, y: 0, width: 9000, height: 400 }, first, room, 50, readable);
    expect(view).toEqual({ x: 25, y: 140, zoom: 0.8 });
  });

  it("is where the first stands in what is also too high", () => {
    const view = fittedToRead({ x: 0, y: 0, width: 9000, height: 4000 }, first, room, 50, readable);
    expect(view.y).toBe(300 - 944 * 0.8);
  });
});

describe("leftmost", () => {
  it("is the first of those furthest left", () => {
    const boxes = [5, 2, 2].map((x, y) => ({ x, y, width: 1, height: 1 }));
    expect(leftmost(boxes)).toBe(boxes[1]);
    expect(leftmost([])).toBeUndefined();
  });
});
