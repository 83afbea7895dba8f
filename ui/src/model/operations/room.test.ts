import { describe, expect, test } from "vitest";
import { CATALOGUE, after, workflowOf } from "@/model/cases/cases";
import { insertOnConnection } from "@/model/operations/add";
import { withRoom } from "@/model/operations/room";
import type { Workflow } from "@/model/workflow";

const at = (x: number, y = 0) => ({ x, y });
const places = (workflow: Workflow) => Object.fromEntries(workflow.nodes.map((node) => [node.id, node.position?.x]));
const line = (...xs: number[]) =>
  workflowOf(
    ["a", "b", "c"].map((id, index) => ({ id, type: "data.set", config: { fields: {} }, position: at(xs[index] ?? 0) })),
    ["a.output > b.value", "b.output > c.value"],
  );

describe("withRoom", () => {
  test("moves what stands behind on, as far as needed", () => {
    const inserted = after(insertOnConnection(line(0, 320, 640), CATALOGUE, "", 0, { type: "data.set", position: at(160) }));
    expect(places(inserted)).toEqual({ a: 0, set: 280, b: 560, c: 880 });
  });

  test("moves nothing where there is room", () => {
    const inserted = after(insertOnConnection(line(0, 800, 1120), CATALOGUE, "", 0, { type: "data.set", position: at(400) }));
    expect(places(inserted)).toEqual({ a: 0, b: 800, c: 1120, set: 400 });
  });

  test("leaves a wire that goes back alone", () => {
    const back = line(640, 0, 320);
    expect(withRoom(back, CATALOGUE, "", { source: "a", id: "c", target: "b" })).toBe(back);
  });
});
