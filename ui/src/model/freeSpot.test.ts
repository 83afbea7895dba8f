import { describe, expect, it } from "vitest";
import { freeSpot } from "@/model/freeSpot";

const node = (x: number, y: number, height = 88) => ({ x, y, width: 224, height });

describe("freeSpot", () => {
  it("is where one wished when there is room", () => {
    expect(freeSpot([node(400, 0)], node(0, 0))).toEqual({ x: 0, y: 0 });
  });

  it("is below whatever stands there, however tall it is", () => {
    expect(freeSpot([node(0, 0, 136)], node(0, 40))).toEqual({ x: 0, y: 168 });
    expect(freeSpot([node(0, 0, 136), node(100, 180, 400)], node(0, 0))).toEqual({ x: 0, y: 612 });
  });

  it("keeps a distance to the sides", () => {
    expect(freeSpot([node(-240, 0)], node(0, 0)).y).toBe(120);
    expect(freeSpot([node(-256, 0)], node(0, 0)).y).toBe(0);
  });
});
