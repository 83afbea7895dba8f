import { describe, expect, it } from "vitest";
import { drawSheet } from "@/components/graph/sheet";
import { makeCatalogue } from "@/model/catalogue";
import type { Workflow } from "@/model/workflow";

const workflow: Workflow = {
  name: "w",
  nodes: [
    { id: "a", type: "x.a" },
    { id: "each", type: "flow.loop", after: ["a"], body: { nodes: [{ id: "b", type: "x.b" }], connections: [] } },
    { id: "end", type: "x.a" },
  ],
  connections: [{ source: "a", output: "output", target: "end", input: "value" }],
};

describe("drawSheet", () => {
  const sheet = drawSheet(workflow, makeCatalogue([]));
  const at = (path: string) => sheet.nodes.find((one) => one.path === path);

  it("draws what is in a container inside it", () => {
    const [outer, inner] = [at("each"), at("each/b")];
    expect(outer?.kind).toBe("container");
    expect(inner?.x).toBeGreaterThan(outer?.x ?? 0);
    expect((inner?.y ?? 0) + (inner?.height ?? 0)).toBeLessThan((outer?.y ?? 0) + (outer?.height ?? 0));
  });

  it("draws connections, and once what only waits", () => {
    expect(sheet.wires.map(({ kind, source, target }) => [kind, source, target])).toEqual([
      ["value", "a", "end"],
      ["order", "a", "each"],
    ]);
  });
});
