import { describe, expect, test } from "vitest";
import { serialise } from "@/model/document";
import type { JsonObject } from "@/model/json";
import { graphAt, nodeOf, walk } from "@/model/path";
import { copyNodes, fragmentText, readPasted } from "@/model/operations/fragment";
import { boxOf, overlaps } from "@/model/boxes";
import { cut, duplicate, paste } from "@/model/operations/paste";
import { after, CATALOGUE, loaded, reason, value, wires, workflowOf, WORKFLOWS } from "@/model/cases/cases";

const nodes: JsonObject[] = [
  { id: "fetch", type: "http.request", position: { x: 0, y: 0 }, config: { url: "{{ workflow.input.url }}" } },
  {
    id: "pick",
    type: "data.pick",
    position: { x: 240, y: 40 },
    after: ["fetch"],
    config: { path: "{{ nodes.fetch.status }}" },
  },
  { id: "show", type: "data.set", position: { x: 480, y: 0 }, config: { fields: { a: "{{ nodes.pick.output }}" } } },
];
const workflow = workflowOf(nodes, ["fetch.body > pick.value", "pick.output > show.value"], {
  inputs: { url: "string", other: "number" },
  groups: [{ id: "group", nodes: ["fetch", "pick"] }],
});

describe("copied nodes", () => {
  const fragment = value(copyNodes(workflow, CATALOGUE, ["pick", "fetch"]));

  test("are a workflow of their own, with the inputs they read", () => {
    expect(serialise(fragment)).toEqual({
      name: "test-part",
      inputs: { url: "string" },
      nodes: nodes.slice(0, 2),
      connections: [{ from: "fetch.body", to: "pick.value" }],
      groups: [{ id: "group", nodes: ["fetch", "pick"] }],
    });
  });

  test("leave out what leads outside", () => {
    expect(serialise(value(copyNodes(workflow, CATALOGUE, ["pick"])))["nodes"]).toEqual([
      { id: "pick", type: "data.pick", position: { x: 240, y: 40 }, config: { path: "{{ nodes.fetch.status }}" } },
    ]);
  });

  test("pasted beside themselves get ids and references of their own", () => {
    const edit = value(paste(workflow, CATALOGUE, fragment, { graph: "" }));

    expect(edit.selection).toEqual(["fetch-2", "pick-2"]);
    expect(edit.workflow.nodes.slice(3)).toEqual([
      { ...nodes[0], id: "fetch-2", position: { x: 32, y: 32 } },
      {
        ...nodes[1],
        id: "pick-2",
        position: { x: 272, y: 72 },
        after: ["fetch-2"],
        config: { path: "{{ nodes.fetch-2.status }}" },
      },
    ]);
    expect(wires(edit.workflow).slice(2)).toEqual(["fetch-2.body > pick-2.value"]);
    expect(edit.workflow.groups?.map((group) => [group.id, group.nodes])).toEqual([
      ["group", ["fetch", "pick"]],
      ["group-2", ["fetch-2", "pick-2"]],
    ]);
  });

  test("pasted elsewhere bring their inputs, and stand where they are put", () => {
    const edit = value(
      paste(workflowOf([{ id: "each", type: "flow.loop", body: { nodes: [] } }]), CATALOGUE, fragment, {
        graph: "each",
        at: { x: 103, y: 50 },
      }),
    );

    expect(edit.workflow.inputs).toEqual({ url: "string" });
    expect(graphAt(edit.workflow, "each")?.nodes.map((node) => node.position)).toEqual([
      { x: 104, y: 48 },
      { x: 344, y: 88 },
    ]);
  });

  test("duplicated still wait for what they waited for", () => {
    const edit = value(duplicate(workflow, CATALOGUE, ["pick"]));

    expect(nodeOf(edit.workflow, "pick-2")).toMatchObject({
      after: ["fetch"],
      config: { path: "{{ nodes.fetch.status }}" },
    });
    expect(edit.label).toBe("Duplicate pick");
  });

  test("duplicated cover nothing that stands there", () => {
    const crowded = workflowOf([
      { id: "a", type: "data.set", position: { x: 0, y: 0 } },
      { id: "b", type: "data.set", position: { x: 40, y: 120 } },
      { id: "c", type: "data.set", position: { x: 320, y: 120 } },
    ]);

    const edit = value(duplicate(crowded, CATALOGUE, ["a"]));

    const boxes = edit.workflow.nodes.map((node) => boxOf(node, CATALOGUE));
    const pairs = boxes.flatMap((box, at) => boxes.slice(at + 1).map((other) => overlaps(box, other)));
    expect(pairs).not.toContain(true);
    expect(nodeOf(edit.workflow, "a-2")?.position?.x).toBe(0);
  });

  test("cut are gone", () => {
    const done = value(cut(workflow, CATALOGUE, ["fetch", "pick"]));

    expect([done.edit.workflow.nodes.map((node) => node.id), done.fragment.nodes.length, done.edit.label]).toEqual([
      ["show"],
      2,
      "Cut 2 nodes",
    ]);
  });

  test("of several graphs are refused", () => {
    const nested = workflowOf([
      { id: "each", type: "flow.loop", body: { nodes: [{ id: "a", type: "data.set" }] } },
      { id: "b", type: "data.set" },
    ]);

    expect(reason(copyNodes(nested, CATALOGUE, ["each/a", "b"]))).toContain("different graphs");
  });
});

test("ids inside a pasted container that are known around it are changed too", () => {
  const inner = {
    nodes: [
      { id: "show", type: "data.set" },
      { id: "x", type: "data.transform", config: { transform: "nodes.show.output" } },
    ],
  };
  const pasted = workflowOf([{ id: "each", type: "flow.loop", body: inner }]);
  const edit = value(paste(workflow, CATALOGUE, pasted, { graph: "" }));

  expect(graphAt(edit.workflow, "each")?.nodes).toMatchObject([
    { id: "show-2" },
    { id: "x", config: { transform: "nodes.show-2.output" } },
  ]);
});

describe("a file from the docs pasted onto an empty canvas", () => {
  test.each(WORKFLOWS.filter((one) => one.form === "nodes").map((one) => [one.name, one] as const))(
    "appears: %s",
    (_, { definition }) => {
      const pasted = value(readPasted(JSON.stringify(definition)));
      if (pasted.kind !== "workflows" || pasted.workflows[0] === undefined) throw new Error("It was not read.");
      const workflowThere = after(
        paste(workflowOf([]), CATALOGUE, pasted.workflows[0], { graph: "", at: { x: 80, y: 80 } }),
      );
      const before = loaded(definition);

      expect([...walk(workflowThere)].map(([path]) => path)).toEqual([...walk(before)].map(([path]) => path));
      expect([...walk(workflowThere)].every(([, node]) => node.position !== undefined)).toBe(true);
      expect([workflowThere.name, workflowThere.outputs, workflowThere.inputs, wires(workflowThere)]).toEqual([
        "test",
        before.outputs,
        before.inputs,
        wires(before),
      ]);
    },
  );
});

describe("text that is pasted", () => {
  test("may be one node, a list of them, a file, or several", () => {
    const count = (text: string): number | undefined => {
      const pasted = value(readPasted(text));
      return pasted.kind === "workflows" ? pasted.workflows.flatMap((one) => one.nodes).length : undefined;
    };
    const node = { id: "a", type: "data.set" };

    expect(
      [
        node,
        [node],
        { nodes: [node] },
        {
          workflows: [
            { name: "x", nodes: [node] },
            { name: "y", nodes: [node] },
          ],
        },
      ].map((raw) => count(JSON.stringify(raw))),
    ).toEqual([1, 1, 1, 2]);
  });

  test("in YAML is read by the library that is given", () => {
    expect(value(readPasted("nodes: …", () => ({ nodes: [{ id: "a", type: "data.set" }] }))).kind).toBe("workflows");
    expect(reason(readPasted("nodes: …"))).toBe("This is not JSON. Copy the nodes as JSON.");
  });

  test("in steps is for the server to draw", () => {
    expect(value(readPasted('{"steps": [{"id": "a", "type": "http"}]}'))).toMatchObject({ kind: "ask" });
    expect(value(readPasted('{"nodes": [{"id": "a", "type": "flow.loop", "body": {"steps": []}}]}')).kind).toBe("ask");
  });

  test.each([
    ["", "nothing to paste"],
    ["{", "not JSON"],
    ["[1]", "not a workflow"],
    ['{"blocks": []}', "file of blocks"],
    ['{"nodes": [{}]}', "no id"],
  ])("%s is refused", (text, told) => {
    expect(reason(readPasted(text))).toContain(told);
  });
});

test("YAML is written as the docs write it", () => {
  const written = workflowOf(
    [
      {
        id: "a",
        type: "data.template",
        position: { x: 1, y: 2 },
        config: {
          template: "# {{ nodes.b.output }}\n\nText",
          list: ["yes", "1", 1, "a: b"],
          empty: {},
          deep: [{ x: [1, { y: null }] }],
        },
      },
    ],
    ["b > a.value"],
  );

  expect(fragmentText(written, "yaml")).toBe(`name: test
nodes:
  - id: a
    type: data.template
    position: {x: 1, y: 2}
    config:
      template: |-
        # {{ nodes.b.output }}

        Text
      list: ["yes", "1", 1, "a: b"]
      empty: {}
      deep:
        - x:
            - 1
            - {y: null}
connections:
  - {from: b, to: a.value}
`);
});
