import { describe, expect, it } from "vitest";
import types from "@/model/cases/types.json";
import { makeCatalogue, type NodeTypeDetail } from "@/model/catalogue";
import { load } from "@/model/document";
import { setDisabled } from "@/model/operations/settings";
import { withMissingPlaces } from "@/model/layout";
import { drop, dropTarget, placesOf } from "@/pages/workflow/canvas/dragging";
import { absolute, laneAt, neighbour, wireUnder } from "@/pages/workflow/canvas/geometry";
import { sceneOf } from "@/pages/workflow/canvas/scene";
import { fittingPorts } from "@/pages/workflow/canvas/drawing";
import { inOrder, outlineOf } from "@/pages/workflow/editor/outline";

const catalogue = makeCatalogue(types as unknown as NodeTypeDetail[]);

function workflowOf(raw: object) {
  const loaded = load(raw);
  if (!loaded.ok) throw new Error(loaded.reason);
  return withMissingPlaces(loaded.value, catalogue);
}

const text = (id: string, x: number, y: number) => ({ id, type: "data.template", config: { template: "x" }, position: { x, y } });
const workflow = workflowOf({
  name: "w",
  nodes: [
    text("b", 400, 0),
    text("a", 0, 0),
    text("free", 0, 400),
    { id: "each", type: "flow.loop", position: { x: 800, y: 0 }, body: { nodes: [text("inner", 0, 0)] } },
    { id: "band", type: "flow.threshold", position: { x: 400, y: 400 } },
  ],
  connections: [{ from: "a", to: "b.value" }],
  groups: [{ id: "g", nodes: ["a", "b"] }],
});
const scene = sceneOf(workflow, catalogue);

describe("sceneOf", () => {
  it("puts containers before what is in them, and groups behind", () => {
    expect(scene.nodes[0]?.kind).toBe("group");
    const ids = scene.nodes.map((one) => one.id);
    expect(ids.indexOf("each")).toBeLessThan(ids.indexOf("each/inner"));
    expect(scene.byId.get("each/inner")?.parent).toBe("each");
  });
  it("keeps what has not changed", () => {
    const edit = setDisabled(workflow, ["free"], true);
    if (!edit.ok) throw new Error(edit.reason);
    const after = sceneOf(edit.value.workflow, catalogue, scene);
    expect(after.byId.get("free")).not.toBe(scene.byId.get("free"));
    expect(after.byId.get("a")).toBe(scene.byId.get("a"));
    expect(after.byId.get("each/inner")).toBe(scene.byId.get("each/inner"));
  });
  it("shows one card for a folded group, and its wires end there", () => {
    const folded = workflowOf({
      name: "w",
      nodes: [text("a", 0, 0), text("b", 400, 0), text("c", 800, 0)],
      connections: [{ from: "a", to: "b.value" }, { from: "b", to: "c.value" }],
      groups: [{ id: "g", nodes: ["a", "b"], collapsed: true }],
    });
    const shown = sceneOf(folded, catalogue);
    expect(shown.nodes.map((one) => one.kind)).toEqual(["folded", "step"]);
    expect(shown.wires.map((wire) => [wire.source, wire.target])).toEqual([["group::g", "c"]]);
  });
});

describe("what is dragged", () => {
  it("is placed on the grid, and inside a container not beyond its corner", () => {
    const inner = scene.byId.get("each/inner");
    const moved = new Map([["each/inner", { x: (inner?.x ?? 0) - 100, y: (inner?.y ?? 0) + 13 }]]);
    expect(placesOf(scene, workflow, moved).get("each/inner")).toEqual({ x: 0, y: 16 });
  });
  it("goes onto a wire", () => {
    const moved = new Map([["free", { x: 200, y: 20 }]]);
    const target = dropTarget(scene, workflow, catalogue, moved, "free");
    expect(target.wire?.source).toBe("a");
    const result = drop(scene, workflow, catalogue, moved, target);
    expect(result.ok && result.value.workflow.connections.map((one) => `${one.source}>${one.target}`)).toEqual(["a>free", "free>b"]);
  });
  it("goes into a container", () => {
    const box = absolute(scene, "each/inner");
    const moved = new Map([["free", { x: box?.x ?? 0, y: (box?.y ?? 0) + 8 }]]);
    const target = dropTarget(scene, workflow, catalogue, moved, "free");
    expect(target.lane).toBe("each");
    const result = drop(scene, workflow, catalogue, moved, target);
    expect(result.ok && result.value.selection).toEqual(["each/free"]);
  });
});

describe("what lies where", () => {
  it("walks to the nearest that way", () => {
    expect(neighbour(scene, "a", "right")).toBe("b");
    expect(neighbour(scene, "a", "down")).toBe("free");
    expect(neighbour(scene, "a", "left")).toBeUndefined();
  });
  it("finds the lane and the wire under a point", () => {
    const box = absolute(scene, "each/inner");
    expect(laneAt(scene, (box?.x ?? 0) + 5, (box?.y ?? 0) + 5)).toBe("each");
    expect(laneAt(scene, -500, -500)).toBeUndefined();
    expect(wireUnder(scene, "", { x: 198, y: 24, width: 224, height: 88 })?.target).toBe("b");
  });
});

describe("fittingPorts", () => {
  it("lights up what takes the value and does not wait in a circle", () => {
    const fits = fittingPorts(workflow, catalogue, { node: "b", port: "output", side: "output" });
    expect(fits.has("free input value")).toBe(true);
    expect(fits.has("a input value")).toBe(false);
    expect(fits.has("band input value")).toBe(false);
  });
});

describe("the outline", () => {
  it("has what is waited for first, and bodies below", () => {
    const rows = outlineOf(workflow, catalogue);
    expect(rows.map((row) => row.path)).toEqual(["a", "b", "free", "each", "each/inner", "band"]);
    expect(rows.find((row) => row.path === "each/inner")?.level).toBe(2);
    expect(inOrder(workflow, new Map()).map((one) => one.id)[0]).toBe("b");
  });
});
