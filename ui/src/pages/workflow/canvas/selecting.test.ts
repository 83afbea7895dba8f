import { describe, expect, it } from "vitest";
import { makeCatalogue } from "@/model/catalogue";
import type { Workflow } from "@/model/workflow";
import { sceneOf, shownAs } from "@/pages/workflow/canvas/scene";
import { selectedAfter } from "@/pages/workflow/canvas/selecting";

const node = (id: string, x: number) => ({ id, type: "data.set", position: { x, y: 0 } });
const workflow: Workflow = {
  name: "w",
  nodes: [node("a", 0), node("b", 320), node("c", 640)],
  connections: [],
  groups: [{ id: "g", nodes: ["b", "c"], collapsed: true }],
};
const scene = sceneOf(workflow, makeCatalogue([]));
const folded = shownAs(scene, "b");

describe("selectedAfter", () => {
  it("keeps the order in which nodes were selected", () => {
    expect(selectedAfter(scene, ["a"], new Map([["b", true], ["a", false]]))).toEqual([]);
    expect(selectedAfter(scene, [], new Map([["a", true]]))).toEqual(["a"]);
  });

  it("takes a folded group for its nodes", () => {
    expect(folded).not.toBe("b");
    expect(selectedAfter(scene, ["a"], new Map([[folded, true]]))).toEqual(["a", "b", "c"]);
    expect(selectedAfter(scene, ["a", "b", "c"], new Map([[folded, false]]))).toEqual(["a"]);
  });

  it("lets go of what is no longer there", () => {
    expect(selectedAfter(scene, ["gone", "a"], new Map([["gone", false]]))).toEqual(["a"]);
  });
});

describe("shownAs", () => {
  it("is the node where it stands for itself", () => {
    expect(shownAs(scene, "a")).toBe("a");
    expect(shownAs(scene, "c")).toBe(folded);
  });
});
