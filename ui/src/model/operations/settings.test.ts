import { describe, expect, test } from "vitest";
import { after, reason, value, workflowOf } from "@/model/cases/cases";
import { setPins, setSize } from "@/model/operations/settings";
import { configOf } from "@/model/workflow";

const workflow = workflowOf([
  { id: "a", type: "data.set", config: { fields: {} } },
  { id: "b", type: "data.set", config: { fields: {} }, pinned: 1 },
  { id: "n", type: "flow.note", config: { text: "hi" } },
]);

describe("setPins", () => {
  test("pins and unpins several in one step", () => {
    const pinned = value(setPins(workflow, new Map([["a", { x: 1 }], ["b", null]])));
    expect(pinned.label).toBe("Pin 2 nodes");
    expect(pinned.workflow.nodes.map((node) => node.pinned)).toEqual([{ x: 1 }, null, undefined]);
    const none = value(setPins(workflow, new Map([["b", undefined]])));
    expect([none.label, "pinned" in (none.workflow.nodes[1] ?? {})]).toEqual(["Unpin b", false]);
  });
});

describe("setSize", () => {
  const sizeOf = (width: number, height: number) => {
    const config = configOf(after(setSize(workflow, "n", { width, height })).nodes[2] ?? { id: "", type: "" });
    return [config["width"], config["height"], config["text"]];
  };

  test("is within what a note may have", () => {
    expect(sizeOf(320, 200)).toEqual([320, 200, "hi"]);
    expect(sizeOf(8, -40)).toEqual([80, 40, "hi"]);
    expect(sizeOf(9000, 100)).toEqual([4000, 100, "hi"]);
  });

  test("is refused where nothing changes", () => {
    const once = after(setSize(workflow, "n", { width: 320, height: 200 }));
    expect(reason(setSize(once, "n", { width: 320, height: 200 }))).toBe("Nothing changes.");
  });
});
