import { describe, expect, test } from "vitest";
import { load, openDefinition, serialise } from "@/model/document";
import type { Json, JsonObject } from "@/model/json";
import { nodesByPath } from "@/model/path";
import { Draw, loaded, reason, value, WORKFLOWS } from "@/model/cases/cases";

/** Equal to the letter: the order of keys too. */
function expectSame(written: unknown, before: unknown): void {
  expect(JSON.stringify(written)).toBe(JSON.stringify(before));
}

function shuffled<T>(draw: Draw, items: readonly T[]): T[] {
  return items
    .map((item) => [draw.next(), item] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, item]) => item);
}

/** A definition with every field there is, keys in any order, and some that nobody knows. */
function randomGraph(draw: Draw, prefix: string, depth: number): JsonObject {
  const ids = Array.from({ length: draw.below(5) }, (_, index) => `${prefix}${index}`);
  const nodes = ids.map((id): JsonObject => {
    const fields: [string, Json][] = [
      ["id", id],
      ["type", draw.one(["flow.loop", "data.set", "no.such"])],
    ];
    const more: [string, () => Json][] = [
      ["title", () => draw.text()],
      ["config", () => ({ a: draw.json(), maxAttempts: 1 })],
      ["input", () => draw.json()],
      ["after", () => ids.slice(0, 1)],
      ["when", () => draw.one<Json>(["nodes.a.x", true])],
      ["join", () => "all"],
      ["lazy", () => true],
      ["retry", () => ({ delay: "1s", max_attempts: 2 })],
      ["timeout", () => "10s"],
      ["on_error", () => "branch"],
      ["cache", () => 60],
      ["disabled", () => true],
      ["pinned", () => draw.json()],
      ["note", () => draw.text()],
      ["position", () => ({ y: draw.below(100), x: 0.5, width: 200 })],
      ["publish", () => "name"],
      ["strange_key", () => draw.json()],
      ["ui", () => ({ open: true })],
    ];
    for (const [key, make] of more) if (draw.often(0.3)) fields.push([key, make()]);
    for (const body of ["body", "catch", "finally"]) {
      if (depth > 0 && draw.often(0.3)) fields.push([body, randomGraph(draw, `${id}_`, depth - 1)]);
    }
    return Object.fromEntries(shuffled(draw, fields));
  });
  const end = (): string => (ids.length === 0 ? "x" : draw.one(ids)) + draw.one(["", ".output", ".a.b"]);
  const parts: [string, Json][] = [["nodes", nodes]];
  if (draw.often(0.7))
    parts.push([
      "connections",
      Array.from({ length: draw.below(4) }, () =>
        draw.often(0.8) ? { from: end(), to: end() } : { to: end(), from: ` ${end()}`, note: 1 },
      ),
    ]);
  if (draw.often(0.5)) parts.push(["outputs", draw.json()]);
  if (draw.often(0.3)) parts.push(["groups", [{ id: "g", nodes: ids, color: "blue", other: 1 }]]);
  if (draw.often(0.3)) parts.push(["unknown", draw.json()]);
  return Object.fromEntries(shuffled(draw, parts));
}

describe("a definition that is loaded and written again", () => {
  test.each(WORKFLOWS.map((one) => [one.name, one] as const))("is the same: %s", (_, { form, definition, graph }) => {
    expectSame(serialise(loaded(graph)), graph);
    if (form === "nodes") expectSame(serialise(loaded(definition)), definition);
  });

  test("loses nothing and keeps its order, whatever is in it", () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const draw = new Draw(seed);
      const fields: [string, Json][] = [...Object.entries(randomGraph(draw, "n", 2)), ["name", "some-name"]];
      const more: [string, Json][] = [
        ["title", draw.text()],
        ["inputs", { a: "string", b: { type: "number" } }],
        ["settings", { save: "all", later: 1 }],
        ["tags", ["x"]],
      ];
      for (const one of more) if (draw.often(0.5)) fields.push(one);
      const before = Object.fromEntries(shuffled(draw, fields));

      const workflow = loaded(before);

      expectSame(serialise(workflow), before);
      expectSame(serialise(loaded(serialise(workflow))), before);
    }
  });
});

test("keys in camelCase are read, and written in snake_case where they stand", () => {
  const workflow = loaded({
    name: "a",
    nodes: [{ id: "x", type: "data.set", onError: "branch", retry: { maxAttempts: 3 } }],
  });

  expectSame(serialise(workflow), {
    name: "a",
    nodes: [{ id: "x", type: "data.set", on_error: "branch", retry: { max_attempts: 3 } }],
  });
});

test("nodes are found by path through bodies", () => {
  const inner = (id: string): JsonObject => ({ nodes: [{ id, type: "data.set" }] });
  const workflow = loaded({
    name: "a",
    nodes: [{ id: "t", type: "flow.try", body: inner("one"), catch: inner("two") }],
  });

  expect([...nodesByPath(workflow).keys()]).toEqual(["t", "t/one", "t.catch/two"]);
});

describe("what cannot be drawn is refused in words", () => {
  test.each([
    [null, "The definition cannot be read."],
    [{ name: "a", nodes: {} }, "The workflow: nodes is not a list."],
    [{ name: "a", nodes: [{ type: "x.y" }] }, "The workflow: nodes[0] has no id."],
    [
      {
        name: "a",
        nodes: [
          { id: "x", type: "a.b" },
          { id: "x", type: "a.b" },
        ],
      },
      "Two nodes are called `x`.",
    ],
    [
      { name: "a", nodes: [{ id: "x", type: "a.b", position: { x: 1 } }] },
      "The workflow: nodes[0].position has no x and y.",
    ],
    [{ name: "a", nodes: [], connections: [{ from: "a" }] }, "connections[0].to names no node."],
    [{ name: "a", steps: [] }, "The workflow is written as steps."],
  ])("%j", (raw, told) => {
    expect(reason(load(raw))).toContain(told);
  });
});

describe("opening", () => {
  test("takes what was written, with what the server's graph leaves out", () => {
    const definition = { name: "a", nodes: [{ id: "x", type: "data.set", unknown: 1 }] };
    const opened = value(openDefinition({ workflow: "a", form: "nodes", definition, graph: { name: "a", nodes: [] } }));

    expect([opened.converted, serialise(opened.workflow)]).toEqual([false, definition]);
  });

  test("takes the server's graph of steps, and says that it will be saved as nodes", () => {
    const graph = { name: "a", nodes: [{ id: "x", type: "data.set" }] };
    const opened = value(openDefinition({ workflow: "a", form: "steps", definition: { steps: [] }, graph }));

    expect([opened.converted, serialise(opened.workflow)]).toEqual([true, graph]);
  });

  test("refuses what is broken rather than dropping it", () => {
    const definition = {
      name: "a",
      nodes: [
        { id: "x", type: "a.b" },
        { id: "x", type: "c.d" },
      ],
    };

    expect(
      reason(openDefinition({ workflow: "a", form: "nodes", definition, graph: { name: "a", nodes: [] } })),
    ).toContain("`x`");
  });
});
