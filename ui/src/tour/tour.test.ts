import { afterEach, describe, expect, it } from "vitest";
import { currentStep, FRESH, type Seen, type Tour, tourAfter, useTour } from "@/tour/tour";

const canvas = { name: "hello", nodes: 1, connections: 0, errors: 0, isPublished: false };
const at = (path: string, more: Partial<Seen> = {}): Seen => ({ path, isNodeChosen: false, canvas: undefined, ...more });

describe("tourAfter", () => {
  it("goes from an empty canvas to a deployment", () => {
    const way: [Seen, string | undefined][] = [
      [at("/workflows"), "begin"],
      [at("/w/hello", { canvas: { ...canvas, nodes: 0 } }), "add"],
      [at("/w/hello", { canvas: { ...canvas, errors: 1 } }), "add"],
      [at("/w/hello", { canvas }), "connect"],
      [at("/w/hello", { canvas: { ...canvas, nodes: 2, connections: 1 } }), "run"],
      [at("/w/hello/runs/r1"), "look"],
      [at("/w/hello/runs/r1", { isNodeChosen: true }), "publish"],
      [at("/deployments/old"), "publish"],
      [at("/w/hello", { canvas: { ...canvas, nodes: 2, connections: 1, isPublished: true } }), "deploy"],
      [at("/deployments"), "deploy"],
      [at("/deployments/hello"), undefined],
    ];
    let tour: Tour = { ...FRESH, isOn: true };
    for (const [seen, step] of way) {
      tour = tourAfter(tour, seen);
      expect([seen.path, currentStep(tour)]).toEqual([seen.path, step]);
    }
    expect(tour.workflow).toBe("hello");
  });

  it("is itself where nothing new is seen, and counts what is done out of turn", () => {
    const tour: Tour = { ...FRESH, workflow: "hello", done: ["begin"] };
    expect(tourAfter(tour, at("/runs"))).toBe(tour);
    expect(tourAfter(tour, at("/w/hello/runs/r1")).done).toEqual(["begin", "run"]);
    expect(tourAfter(tour, at("/w/other", { canvas: { ...canvas, name: "other" } }))).toBe(tour);
  });
});

describe("useTour", () => {
  afterEach(() => localStorage.clear());

  it("is kept for each person", () => {
    const { open, change } = useTour.getState();
    open("ada");
    change({ isOn: true, done: ["begin"] });
    open("bob");
    expect(useTour.getState().tour).toEqual(FRESH);
    open("ada");
    expect(useTour.getState().tour).toEqual({ ...FRESH, isOn: true, done: ["begin"] });
  });
});
