import { describe, expect, it } from "vitest";
import { makeCatalogue, type NodeTypeDetail } from "@/model/catalogue";
import type { Workflow } from "@/model/workflow";
import { iterationsOf, lastValues, runPathOf, type RunValues } from "@/pages/workflow/inspector/data/lastValues";

const plain: NodeTypeDetail = {
  type: "data.pass",
  title: "Pass",
  category: "data",
  kind: "pure",
  description: "",
  available: true,
  inputs: [{ name: "value", type: "any" }],
  outputs: [{ name: "output", type: "any" }],
  ports_depend_on_config: false,
  bodies: [],
  config_schema: { type: "object", properties: {} },
};
const catalogue = makeCatalogue([
  plain,
  { ...plain, type: "flow.loop", kind: "container", bodies: ["body"], inputs: [{ name: "items", type: "list" }] },
]);
const workflow: Workflow = {
  name: "orders",
  nodes: [
    { id: "fetch", type: "data.pass" },
    { id: "each", type: "flow.loop", body: { nodes: [{ id: "send", type: "data.pass" }, { id: "log", type: "data.pass" }], connections: [{ source: "send", target: "log" }] } },
    { id: "fixed", type: "data.pass", pinned: 5 },
    { id: "last", type: "data.pass" },
  ],
  connections: [
    { source: "fetch", target: "each", input: "items" },
    { source: "fixed", target: "last" },
  ],
};
const run: RunValues = {
  id: "run_1",
  workflow: "orders",
  version: "1",
  mode: "live",
  created_at: "2026-01-01T00:00:00Z",
  input: { topic: "tea" },
  params: {},
  nodes: {
    fetch: { status: "completed", outputs: { output: ["a", "b"] } },
    "each[0]/send": { status: "completed", outputs: { output: "A" } },
    "each[1]/send": { status: "completed", outputs: { output: "B" } },
    "each[10]/send": { status: "completed", outputs: { output: "K" } },
    fixed: { status: "completed", outputs: { output: 4 } },
  },
};

describe("the values of the last run", () => {
  it("knows how often a body ran, in order", () => {
    expect(iterationsOf(run, "each/send")).toEqual(["each[0]/", "each[1]/", "each[10]/"]);
    expect(iterationsOf(run, "fetch")).toEqual([""]);
    expect(iterationsOf(undefined, "each/send")).toEqual([]);
    expect(runPathOf("each/send", "each[1]/")).toBe("each[1]/send");
  });

  it("reads what arrived, and what stands around it, of one iteration", () => {
    const { samples, inputs } = lastValues(workflow, catalogue, "each/log", run, "each[1]/");

    expect(inputs).toEqual({ value: "B" });
    expect(samples.nodes).toMatchObject({ send: { output: "B" }, fetch: { output: ["a", "b"] } });
    expect(samples.roots).toMatchObject({ loop: { item: "b", index: 1, count: 2 }, workflow: { input: { topic: "tea" } } });
  });

  it("takes what is pinned before what ran, also without a run", () => {
    expect(lastValues(workflow, catalogue, "last", run, "").inputs).toEqual({ value: 5 });
    expect(lastValues(workflow, catalogue, "last", undefined, "").inputs).toEqual({ value: 5 });
  });
});
