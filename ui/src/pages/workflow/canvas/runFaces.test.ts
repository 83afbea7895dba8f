import { describe, expect, it } from "vitest";
import type { Face } from "@/components/graph/faces";
import type { Workflow } from "@/model/workflow";
import { facesNow } from "@/pages/workflow/canvas/runFaces";

const done: Face = { status: "completed", line: "2 ms", values: { output: "hello" } };
const ran: Workflow = {
  name: "w",
  nodes: [
    { id: "a", type: "data.template", config: { template: "x" } },
    { id: "b", type: "data.template", config: { template: "y" } },
  ],
  connections: [],
};
const faces = new Map([
  ["a", done],
  ["b", done],
  ["gone", done],
]);

describe("facesNow", () => {
  it("shows what the run came to on the nodes that are there", () => {
    expect([...facesNow(faces, ran, ran)]).toEqual([
      ["a", done],
      ["b", done],
    ]);
  });

  it("says of a changed node that it ran before that, and hides what it gave", () => {
    const now = { ...ran, nodes: ran.nodes.map((node) => (node.id === "a" ? { ...node, config: { template: "z" } } : node)) };
    const shown = facesNow(faces, ran, now);
    expect(shown.get("a")).toEqual({ status: "completed", line: "2 ms", isStale: true });
    expect(shown.get("b")).toBe(done);
    expect(facesNow(faces, ran, now).get("a")).toBe(shown.get("a"));
  });

  it("takes a moved or renamed node for the same", () => {
    const now = { ...ran, nodes: ran.nodes.map((node) => ({ ...node, title: "T", position: { x: 8, y: 8 } })) };
    expect(facesNow(faces, ran, now).get("a")).toBe(done);
  });

  it("asks nothing of a run whose definition is not known", () => {
    expect(facesNow(faces, undefined, ran).get("a")).toBe(done);
  });
});
