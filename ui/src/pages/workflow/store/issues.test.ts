import { describe, expect, it } from "vitest";
import { load } from "@/model/document";
import { placeIssues, placeOf } from "@/pages/workflow/store/issues";

const loaded = load({
  name: "w",
  nodes: [
    { id: "a", type: "data.set" },
    { id: "each", type: "flow.loop", body: { nodes: [{ id: "send", type: "http.request" }], connections: [] } },
    { id: "try", type: "flow.try", catch: { nodes: [{ id: "tell", type: "data.template" }] } },
  ],
  connections: [{ from: "a", to: "each.items" }],
});
if (!loaded.ok) throw new Error(loaded.reason);
const workflow = loaded.value;

describe("placeOf", () => {
  it.each([
    ["nodes[0].config.fields", "a", "config.fields"],
    ["nodes[1]", "each", ""],
    ["nodes[1].body.nodes[0].config.url", "each/send", "config.url"],
    ["nodes[2].catch.nodes[0].when", "try.catch/tell", "when"],
    ["connections[0]", "each", ""],
    ["inputs.size", undefined, "inputs.size"],
    ["", undefined, ""],
    ["nodes[9].config", undefined, "nodes[9].config"],
    ["nodes[1].body", "each", "body"],
  ])("%s is at %s, %s", (path, node, field) => expect(placeOf(workflow, path)).toEqual({ node, field }));
});

describe("placeIssues", () => {
  it("counts errors and warnings apart", () => {
    const issue = { code: "x", message: "m", line: null, column: null, remedy: null };
    const issues = placeIssues(workflow, [
      { ...issue, path: "nodes[0]", severity: "error" },
      { ...issue, path: "nodes[0].when", severity: "warning" },
      { ...issue, path: "inputs", severity: "error" },
    ]);
    expect([issues.errors, issues.warnings, issues.others.length]).toEqual([2, 1, 1]);
    expect(issues.byNode.get("a")?.map((one) => one.field)).toEqual(["", "when"]);
  });

  it("puts what is missing at its field", () => {
    const message = "`data.set` needs `fields`, which is not set on `a`.";
    const issue = { code: "missing_config", message, line: null, column: null, remedy: null, severity: "error" as const };
    expect(placeIssues(workflow, [{ ...issue, path: "nodes[0]" }]).byNode.get("a")?.[0]?.field).toBe("config.fields");
  });
});
