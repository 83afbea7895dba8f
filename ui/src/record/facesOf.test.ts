import { describe, expect, it } from "vitest";
import type { DrawnNode } from "@/components/graph/sheet";
import type { LiveEvent } from "@/live/event";
import { facesOf } from "@/record/facesOf";
import { applyAll, NOTHING_YET } from "@/record/history";

const at = "2026-03-01T08:00:01.000Z";
const drawn = ["a", "each", "each/b"].map((path) => ({ path, kind: "step" }) as DrawnNode);
const state = applyAll(
  NOTHING_YET,
  [
    { type: "node.failed", path: "a", at, data: { error: { type: "x", message: "No\nway" }, handled: false, duration_ms: 1, attempts: 1 } },
    { type: "node.completed", path: "each[0]/b", at, data: { outputs: { output: { n: 1 } }, duration_ms: 12, attempts: 1 } },
    { type: "text", path: "each[1]/b", at, data: { text: "Hel" } },
  ] as unknown as LiveEvent[],
);

describe("facesOf", () => {
  it("shows the last round, what failed of what, and text as it is written", () => {
    const faces = facesOf(state, drawn, {});
    expect(faces.get("a")).toMatchObject({ status: "failed", line: "No way" });
    expect(faces.get("each")).toMatchObject({ status: "running", rounds: "2 of 2" });
    expect(faces.get("each/b")).toMatchObject({ status: "running", text: "Hel" });
  });

  it("shows the round that was chosen, with its values", () => {
    expect(facesOf(state, drawn, { each: 0 }).get("each/b")).toMatchObject({ line: "12 ms", values: { output: "{n: 1}" } });
  });

  it("is the same for what has not moved", () => {
    expect(facesOf(state, drawn, {}).get("a")).toBe(facesOf(state, drawn, { each: 0 }).get("a"));
  });
});
