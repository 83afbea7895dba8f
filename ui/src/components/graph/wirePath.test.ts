import { describe, expect, it } from "vitest";
import { shareInside } from "@/components/graph/wirePath";

const wire = [0, 0, 400, 0] as const;

describe("shareInside", () => {
  it("is how much of the wire a box covers", () => {
    expect(shareInside(wire, { x: -20, y: -40, width: 440, height: 80 }, 0)).toBe(1);
    expect(shareInside(wire, { x: 100, y: -40, width: 200, height: 80 }, 0)).toBeCloseTo(0.4, 0);
  });

  it("is none of it where the box only grazes it", () => {
    const grazing = { x: 100, y: -4, width: 200, height: 80 };
    expect(shareInside(wire, grazing, 0)).toBeGreaterThan(0);
    expect(shareInside(wire, grazing, 8)).toBe(0);
    expect(shareInside(wire, { ...grazing, y: 200 }, 0)).toBe(0);
  });

  it("follows a wire that goes back", () => {
    expect(shareInside([400, 0, 0, 200], { x: 430, y: 0, width: 100, height: 40 }, 0)).toBeGreaterThan(0);
  });
});
