import { describe, expect, it } from "vitest";
import { CATALOGUE, workflowOf, WORKFLOWS, loaded } from "@/model/cases/cases";
import { compareWorkflows } from "@/model/diff";
import { drawDifference } from "@/model/drawing";
import type { Workflow } from "@/model/workflow";

function drawn(before: Workflow, after: Workflow) {
  return drawDifference(before, after, compareWorkflows(before, after), CATALOGUE);
}

describe("drawDifference", () => {
  const before = workflowOf(
    [{ id: "a", type: "data.set" }, { id: "b", type: "data.template", config: { template: "x" } }],
    ["a > b"],
  );
  const after = workflowOf(
    [
      { id: "a", type: "data.set", config: { fields: { x: 1 } } },
      { id: "each", type: "flow.loop", body: { nodes: [{ id: "c", type: "data.set" }] } },
    ],
    ["a > each"],
  );

  it("marks what was added, removed and changed, and draws it all", () => {
    const { nodes, wires } = drawn(before, after);
    expect(Object.fromEntries(nodes.map((node) => [node.path, node.mark]))).toEqual({
      a: "changed",
      each: "added",
      "each/c": "same",
      b: "removed",
    });
    expect(wires.map((wire) => wire.mark).toSorted()).toEqual(["added", "removed"]);
  });

  it("draws what is in a container within it", () => {
    const { nodes } = drawn(before, after);
    const [each, c] = ["each", "each/c"].map((path) => nodes.find((node) => node.path === path));
    expect(each?.isContainer).toBe(true);
    expect((c?.x ?? 0) >= (each?.x ?? 0) && (c?.y ?? 0) + (c?.height ?? 0) <= (each?.y ?? 0) + (each?.height ?? 0)).toBe(true);
  });

  it("lays all out anew where one would cover another", () => {
    const at = { position: { x: 0, y: 0 } };
    const one = workflowOf([{ id: "a", type: "data.set", ...at }]);
    const other = workflowOf([{ id: "b", type: "http.request", ...at }]);
    const [first, second] = drawn(one, other).nodes;
    expect(first?.x === second?.x && first?.y === second?.y).toBe(false);
  });

  it("takes a moved node for looks", () => {
    const move = (x: number) => workflowOf([{ id: "a", type: "data.set", position: { x, y: 0 } }]);
    expect(drawn(move(0), move(80)).nodes[0]?.mark).toBe("looks");
  });

  it("draws every workflow as it is when nothing is different", () => {
    for (const { graph } of WORKFLOWS) {
      const workflow = loaded(graph);
      const { nodes, wires } = drawn(workflow, workflow);
      expect(nodes.every((node) => node.mark === "same" && Number.isFinite(node.x + node.width))).toBe(true);
      expect(wires.every((wire) => !wire.d.includes("NaN"))).toBe(true);
    }
  });
});
