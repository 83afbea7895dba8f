import { describe, expect, it } from "vitest";
import type { Workflow } from "@/model/workflow";
import { changeAll, changeConfig, changedKeys, changePolicy, policyOf, shared } from "@/pages/workflow/inspector/config/changes";

const workflow: Workflow = {
  name: "w",
  nodes: [{ id: "a", type: "http.request", config: { url: "x", method: "GET" }, timeout: "30s" }],
  connections: [],
};

describe("changes of a form", () => {
  it("names what is different, also what is gone", () => {
    expect(changedKeys({ a: 1, b: [1], c: 2 }, { a: 1, b: [2], d: null })).toEqual(["b", "c", "d"]);
  });

  it("is an edit of the one field, so that typing in it is one step", () => {
    const result = changeConfig(workflow, "a", { url: "xy", method: "GET" });

    expect(result).toMatchObject({ ok: true, value: { merge: "config:a:url" } });
    expect(changeConfig(workflow, "a", { url: "x", method: "GET" }).ok).toBe(false);
  });

  it("sets policies, and takes away what is emptied", () => {
    const result = changePolicy(workflow, "a", { title: "Ask", timeout: "", retry: { max_attempts: 5 } });

    expect(result.ok && result.value.workflow.nodes[0]).toEqual({
      id: "a",
      type: "http.request",
      config: { url: "x", method: "GET" },
      title: "Ask",
      retry: { max_attempts: 5 },
    });
  });

  it("shows of a node only what is set", () => {
    expect(policyOf({ id: "a", type: "t", lazy: true })).toEqual({ lazy: true });
  });
});

describe("shared", () => {
  it("is what several nodes have alike, and tells where they differ", () => {
    expect(shared([{ a: 1, b: 2 }, { a: 1, b: 3, c: 1 }])).toEqual({ same: { a: 1 }, different: new Set(["b", "c"]) });
  });
});

describe("changeAll", () => {
  it("sets only what was changed, on each of them, as one step", () => {
    const two: Workflow = {
      name: "w",
      nodes: [
        { id: "a", type: "t", timeout: "5s" },
        { id: "b", type: "t", on_error: "continue" },
      ],
      connections: [],
    };

    const result = changeAll(two, ["a", "b"], "policy", {}, { cache: "1h" });

    expect(result.ok && result.value.label).toBe("Set cache of 2 nodes");
    expect(result.ok && result.value.workflow.nodes).toEqual([
      { id: "a", type: "t", timeout: "5s", cache: "1h" },
      { id: "b", type: "t", on_error: "continue", cache: "1h" },
    ]);
  });
});
