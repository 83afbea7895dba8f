import { describe, expect, test } from "vitest";
import { serialise } from "@/model/document";
import type { JsonObject } from "@/model/json";
import { graphAt, nodeOf } from "@/model/path";
import { addAtWire, addNode, insertOnConnection } from "@/model/operations/add";
import { addAfter, connect, disconnect, reconnect, removeAfter } from "@/model/operations/connect";
import { moveIntoContainer, moveOutOfContainer, wrapInContainer } from "@/model/operations/container";
import { groupNodes, groupOf, moveToGroup, setGroup, ungroup } from "@/model/operations/group";
import { renameInput } from "@/model/operations/inputs";
import { moveNodes } from "@/model/operations/move";
import { removeAndReconnect, removeNodes } from "@/model/operations/remove";
import { renameNode } from "@/model/operations/rename";
import { replaceType } from "@/model/operations/replace";
import * as settings from "@/model/operations/settings";
import { after, CATALOGUE, reason, value, wires, workflowOf } from "@/model/cases/cases";

const fetch_: JsonObject = { id: "fetch", type: "http.request", config: { url: "https://a.example" } };
const filter: JsonObject = {
  id: "filter",
  type: "data.filter",
  config: { condition: "item.price > nodes.fetch.status" },
};
const decide: JsonObject = { id: "decide", type: "flow.if", config: { condition: "nodes.fetch.status == 200" } };
const set: JsonObject = { id: "set", type: "data.set", config: { fields: { a: "{{ nodes.fetch.body }}" } } };

describe("add", () => {
  test("gives an id from the type that is unique, and selects the node", () => {
    const edit = value(
      addNode(workflowOf([{ id: "request", type: "http.request" }]), CATALOGUE, {
        graph: "",
        type: "http.request",
        position: { x: 8, y: 0 },
      }),
    );

    expect(edit.workflow.nodes[1]).toEqual({ id: "request-2", type: "http.request", position: { x: 8, y: 0 } });
    expect([edit.label, edit.selection]).toEqual(["Add request-2", ["request-2"]]);
  });

  test("fills a body that is still missing", () => {
    const workflow = workflowOf([{ id: "try", type: "flow.try" }]);

    expect(
      graphAt(after(addNode(workflow, CATALOGUE, { graph: "try.catch", type: "data.set" })), "try.catch")?.nodes.length,
    ).toBe(1);
    expect(reason(addNode(workflow, CATALOGUE, { graph: "other", type: "data.set" }))).toBe(
      "There is no such graph here.",
    );
  });

  test("at the end of a wire takes the port that fits best", () => {
    const edit = addAtWire(
      workflowOf([fetch_]),
      CATALOGUE,
      { graph: "", type: "data.filter" },
      { side: "output", node: "fetch", port: "body" },
    );
    expect(wires(after(edit))).toEqual(["fetch.body > filter.value"]);

    const gate = addAtWire(
      workflowOf([fetch_]),
      CATALOGUE,
      { graph: "", type: "flow.parallel" },
      { side: "output", node: "fetch", port: "body" },
    );
    expect(wires(after(gate))).toEqual(["fetch.body > parallel.trigger"]);

    const before = addAtWire(
      workflowOf([{ id: "range", type: "flow.in_range" }]),
      CATALOGUE,
      { graph: "", type: "http.request" },
      { side: "input", node: "range", port: "value" },
    );
    expect(wires(after(before))).toEqual(["request.status > range.value"]);
  });

  test("on a connection keeps its place among the others", () => {
    const workflow = workflowOf(
      [fetch_, { id: "m", type: "flow.merge" }, { id: "x", type: "data.transform" }],
      ["fetch.body > m.inputs", "fetch.status > m.inputs"],
    );

    expect(wires(after(insertOnConnection(workflow, CATALOGUE, "", 0, { id: "x" })))).toEqual([
      "fetch.body > x.value",
      "x.output > m.inputs",
      "fetch.status > m.inputs",
    ]);
    expect(wires(after(insertOnConnection(workflow, CATALOGUE, "", 1, { type: "data.set" })))).toEqual([
      "fetch.body > m.inputs",
      "fetch.status > set.value",
      "set.output > m.inputs",
    ]);
    const headers = workflowOf([fetch_, set], ["fetch.headers > set.value"]);
    expect(reason(insertOnConnection(headers, CATALOGUE, "", 0, { type: "flow.in_range" }))).toContain(
      "`headers` gives an object; `value` takes a number.",
    );
  });
});

describe("connect", () => {
  const workflow = workflowOf([
    fetch_,
    filter,
    set,
    { id: "range", type: "flow.in_range" },
    { id: "note", type: "flow.note" },
  ]);

  test("finds the port that fits", () => {
    expect(wires(after(connect(workflow, CATALOGUE, "", { node: "fetch", port: "body" }, { node: "filter" })))).toEqual(
      ["fetch.body > filter.value"],
    );
  });

  test("refuses in words", () => {
    const refused = (from: string, port: string | undefined, to: string, input?: string): string =>
      reason(connect(workflow, CATALOGUE, "", { node: from, port }, { node: to, port: input }));

    expect(refused("fetch", "headers", "range", "value")).toBe(
      "`headers` gives an object; `value` takes a number. Put `data.transform` between them, or connect `fetch.status`.",
    );
    expect(refused("fetch", "body", "fetch")).toContain("cannot feed itself");
    expect(refused("set", "output", "fetch", "body")).toBe(
      "The nodes would wait for each other: `fetch` → `set` → `fetch`. To repeat something, use a loop.",
    );
    expect(refused("fetch", "error", "set")).toContain("branch on errors");
    expect(refused("fetch", "body", "set", "values")).toContain("no input `values`");
    expect(refused("fetch", "body", "note")).toContain("is a note");
    expect(refused("fetch", "body", "nobody")).toContain("same graph");
  });

  test("refuses what is there already, and undoes it", () => {
    const connected = after(connect(workflow, CATALOGUE, "", { node: "fetch", port: "body" }, { node: "set" }));

    expect(
      reason(connect(connected, CATALOGUE, "", { node: "fetch", port: "body" }, { node: "set", port: "value" })),
    ).toContain("already");
    expect(wires(after(disconnect(connected, "", [0])))).toEqual([]);
    expect(
      wires(
        after(
          reconnect(connected, CATALOGUE, "", 0, { node: "fetch", port: "status" }, { node: "set", port: "value" }),
        ),
      ),
    ).toEqual(["fetch.status > set.value"]);
  });

  test("orders without data", () => {
    const ordered = after(addAfter(workflow, CATALOGUE, "", "range", "fetch"));

    expect(nodeOf(ordered, "range")?.after).toEqual(["fetch"]);
    expect(reason(addAfter(ordered, CATALOGUE, "", "fetch", "range"))).toContain("cannot run after it");
    expect(serialise(after(removeAfter(ordered, "", "range", "fetch")))).toEqual(serialise(workflow));
  });
});

describe("remove", () => {
  test("takes what leads to the nodes, and says who still reads them", () => {
    const workflow = workflowOf([fetch_, { ...set, after: ["fetch"] }], ["fetch.body > set.value"], {
      groups: [{ id: "g", nodes: ["fetch"] }],
    });
    const edit = value(removeNodes(workflow, CATALOGUE, ["fetch"]));

    expect(serialise(edit.workflow)).toEqual({ name: "test", nodes: [set], connections: [] });
    expect(edit.notes).toEqual(["`fetch` is still read by `set`."]);
  });

  test("and reconnect closes the gap, where it fits", () => {
    const workflow = workflowOf(
      [
        fetch_,
        { id: "x", type: "data.transform" },
        { id: "f", type: "data.filter" },
        { id: "r", type: "flow.in_range" },
      ],
      ["fetch.headers > x", "x > f.value", "x > r.value", "x > r.trigger"],
    );
    const edit = value(removeAndReconnect(workflow, CATALOGUE, ["x"]));

    expect(wires(edit.workflow)).toEqual(["fetch.headers > f.value", "fetch.headers > r.trigger"]);
    expect(edit.notes).toEqual(["Nothing that came before fits `r.value`; connect it anew."]);
  });

  test("of a container takes its content", () => {
    const workflow = workflowOf([{ id: "each", type: "flow.loop", body: { nodes: [set] } }]);

    expect(after(removeNodes(workflow, CATALOGUE, ["each/set", "each"])).nodes).toEqual([]);
  });
});

describe("rename", () => {
  test("follows every reference, and nothing that only looks like one", () => {
    const loop = {
      id: "each",
      type: "flow.loop",
      body: {
        nodes: [
          { id: "in", type: "code.python", config: { inputs: "{{ nodes.fetch.body }}", source: "nodes.fetch.body" } },
        ],
        outputs: "{{ nodes['fetch'].body }}",
      },
    };
    const workflow = workflowOf(
      [fetch_, filter, { ...set, after: ["fetch"], when: "steps.fetch.status > 1", note: "nodes.fetch" }, loop],
      ["fetch.body > filter.value"],
      {
        outputs: { a: "Got {{ nodes.fetch.body ?? 'nodes.fetch' }}" },
        groups: [{ id: "g", nodes: ["fetch", "set"] }],
      },
    );

    expect(serialise(after(renameNode(workflow, CATALOGUE, "fetch", "get-page")))).toEqual({
      name: "test",
      nodes: [
        { ...fetch_, id: "get-page" },
        { ...filter, config: { condition: "item.price > nodes.get-page.status" } },
        {
          ...set,
          config: { fields: { a: "{{ nodes.get-page.body }}" } },
          after: ["get-page"],
          when: "steps.get-page.status > 1",
          note: "nodes.fetch",
        },
        {
          ...loop,
          body: {
            nodes: [
              {
                id: "in",
                type: "code.python",
                config: { inputs: "{{ nodes.get-page.body }}", source: "nodes.fetch.body" },
              },
            ],
            outputs: "{{ nodes.get-page.body }}",
          },
        },
      ],
      connections: [{ from: "get-page.body", to: "filter.value" }],
      outputs: { a: "Got {{ nodes.get-page.body ?? 'nodes.fetch' }}" },
      groups: [{ id: "g", nodes: ["get-page", "set"] }],
    });
  });

  test("writes brackets where a dot will not do", () => {
    const renamed = after(renameNode(workflowOf([fetch_, set]), CATALOGUE, "fetch", "a--b"));

    expect(nodeOf(renamed, "set")?.config).toEqual({ fields: { a: '{{ nodes["a--b"].body }}' } });
  });

  test("of a branch follows what reads it from the parallel's output", () => {
    const workflow = workflowOf([
      { id: "both", type: "flow.parallel", body: { nodes: [{ id: "short", type: "data.set" }] } },
      { id: "x", type: "data.transform", config: { transform: "nodes.both.output.short.a" } },
    ]);

    expect(nodeOf(after(renameNode(workflow, CATALOGUE, "both/short", "brief")), "x")?.config).toEqual({
      transform: "nodes.both.output.brief.a",
    });
  });

  test("refuses what cannot be an id, or is one around or inside", () => {
    const workflow = workflowOf([fetch_, { id: "each", type: "flow.loop", body: { nodes: [set] } }]);

    expect(reason(renameNode(workflow, CATALOGUE, "fetch", "2nd"))).toContain("cannot be an id");
    expect(reason(renameNode(workflow, CATALOGUE, "fetch", "each"))).toContain("already a node `each`");
    expect(reason(renameNode(workflow, CATALOGUE, "each/set", "fetch"))).toContain("already a node `fetch`");
    expect(reason(renameNode(workflow, CATALOGUE, "fetch", "set"))).toContain("already a node `set`");
  });

  test("of an input follows what reads it", () => {
    const workflow = workflowOf([{ ...set, config: { fields: { a: "{{ workflow.input.topic.x }}" } } }], [], {
      inputs: { topic: "object", size: "number" },
    });
    const renamed = after(renameInput(workflow, CATALOGUE, "topic", "subject"));

    expect([Object.keys(renamed.inputs ?? {}), nodeOf(renamed, "set")?.config]).toEqual([
      ["subject", "size"],
      { fields: { a: "{{ workflow.input.subject.x }}" } },
    ]);
  });
});

describe("settings", () => {
  const workflow = workflowOf([fetch_]);

  test("are set, and removed with undefined", () => {
    const on = after(
      settings.setPolicy(
        after(settings.setPinned(after(settings.setConfig(workflow, "fetch", "method", "POST")), "fetch", null)),
        "fetch",
        "retry",
        { max_attempts: 3 },
      ),
    );
    expect(nodeOf(on, "fetch")).toEqual({
      ...fetch_,
      config: { url: "https://a.example", method: "POST" },
      pinned: null,
      retry: { max_attempts: 3 },
    });

    const off = after(
      settings.setPolicy(
        after(settings.setPinned(after(settings.setConfig(on, "fetch", "method", undefined)), "fetch", undefined)),
        "fetch",
        "retry",
        undefined,
      ),
    );
    expect(serialise(off)).toEqual(serialise(workflow));
  });

  test("of a selection are disabled, and enabled once all are", () => {
    const two = workflowOf([fetch_, { ...set, disabled: true }]);
    const disabled = after(settings.toggleDisabled(two, ["fetch", "set"]));

    expect(disabled.nodes.map((node) => node.disabled)).toEqual([true, true]);
    expect(after(settings.toggleDisabled(disabled, ["fetch", "set"])).nodes.map((node) => "disabled" in node)).toEqual([
      false,
      false,
    ]);
  });

  test("that change nothing are no step", () => {
    expect(reason(settings.setConfig(workflow, "fetch", "url", "https://a.example"))).toBe("Nothing changes.");
  });

  test("of the workflow", () => {
    const titled = after(
      settings.setInput(after(settings.setOwn(workflow, "title", "Fetch")), "size", { type: "number" }),
    );
    expect(serialise(titled)).toEqual({
      name: "test",
      nodes: [fetch_],
      connections: [],
      title: "Fetch",
      inputs: { size: { type: "number" } },
    });
    expect(reason(settings.setInput(workflow, "no name", "string"))).toContain("cannot be read");
  });
});

test("moving snaps to the grid and keeps the rest of the position", () => {
  const workflow = workflowOf([{ ...fetch_, position: { x: 0, y: 0, collapsed: true } }]);
  const edit = value(moveNodes(workflow, new Map([["fetch", { x: 13, y: -3 }]])));

  expect(nodeOf(edit.workflow, "fetch")?.position).toEqual({ x: 16, y: 0, collapsed: true });
  expect(edit.merge).toBe("move:fetch");
});

describe("groups", () => {
  test("are made, named, folded, left and taken apart; the nodes stay", () => {
    const workflow = workflowOf([fetch_, filter, set]);
    const one = after(groupNodes(workflow, ["set", "fetch"], "Get it"));
    expect(one.groups).toEqual([{ id: "group", title: "Get it", nodes: ["fetch", "set"] }]);

    const two = after(groupNodes(one, ["set", "filter"]));
    expect(two.groups).toEqual([
      { id: "group", title: "Get it", nodes: ["fetch"] },
      { id: "group-2", nodes: ["filter", "set"] },
    ]);
    expect(groupOf(two, "set")?.id).toBe("group-2");

    const folded = after(setGroup(two, "", "group", { collapsed: true, title: "" }));
    expect(folded.groups?.[0]).toEqual({ id: "group", nodes: ["fetch"], collapsed: true });
    expect(after(moveToGroup(folded, ["fetch"], "group-2")).groups).toEqual([
      { id: "group-2", nodes: ["filter", "set", "fetch"] },
    ]);
    expect(serialise(after(ungroup(after(ungroup(two, "", "group")), "", "group-2")))).toEqual(serialise(workflow));
  });
});

describe("containers", () => {
  const loop: JsonObject = { id: "each", type: "flow.loop", position: { x: 96, y: 0 }, body: { nodes: [] } };

  test("take nodes in: what they were given is read by an expression, what reads them is told", () => {
    const workflow = workflowOf(
      [
        fetch_,
        { id: "f", type: "data.filter" },
        { id: "s", type: "data.sort", config: { by: "nodes.f.output" } },
        loop,
      ],
      ["fetch.body > f.value", "f > s.value"],
    );
    const edit = value(moveIntoContainer(workflow, CATALOGUE, ["f"], "each"));

    expect(graphAt(edit.workflow, "each")?.nodes).toEqual([
      { id: "f", type: "data.filter", config: { value: "{{ nodes.fetch.body }}" } },
    ]);
    expect([wires(edit.workflow), edit.notes]).toEqual([
      [],
      ["1 connection across the border removed.", "`f` is still read by `s`."],
    ]);
  });

  test("let nodes out: what stays inside reads them by an expression", () => {
    const body = {
      nodes: [
        { id: "a", type: "data.parse", position: { x: 8, y: 8 } },
        { id: "b", type: "data.pick" },
      ],
      connections: [{ from: "a.output", to: "b.value" }],
    };
    const edit = value(moveOutOfContainer(workflowOf([{ ...loop, body }]), CATALOGUE, ["each/a"]));

    expect(nodeOf(edit.workflow, "a")?.position).toEqual({ x: 104, y: 8 });
    expect(nodeOf(edit.workflow, "each/b")?.config).toEqual({ value: "{{ nodes.a.output }}" });
  });

  test("are put around nodes", () => {
    const workflow = workflowOf(
      [
        { id: "a", type: "data.parse" },
        { id: "b", type: "data.pick" },
      ],
      ["a > b.value"],
    );
    const wrapped = after(wrapInContainer(workflow, CATALOGUE, ["a", "b"], { type: "flow.sequence" }));

    expect(serialise(wrapped)).toEqual({
      name: "test",
      nodes: [
        {
          id: "sequence",
          type: "flow.sequence",
          body: { nodes: workflow.nodes, connections: [{ from: "a", to: "b.value" }] },
        },
      ],
      connections: [],
    });
  });

  test("refuse what is no container, themselves, and ids that are taken", () => {
    const workflow = workflowOf([
      fetch_,
      { ...loop, body: { nodes: [set, { ...loop, id: "inner" }] } },
      { ...loop, id: "other", body: { nodes: [set] } },
    ]);

    expect(reason(moveIntoContainer(workflow, CATALOGUE, ["fetch"], "each/set"))).toContain("no `body`");
    expect(reason(moveIntoContainer(workflow, CATALOGUE, ["each"], "each/inner"))).toContain("into itself");
    expect(reason(moveIntoContainer(workflow, CATALOGUE, ["each/set"], "other"))).toContain("already a node `set`");
  });
});

describe("replacing a type", () => {
  test("keeps what fits and tells what does not", () => {
    const workflow = workflowOf(
      [fetch_, { ...filter, title: "Big ones", retry: { max_attempts: 2 } }, set],
      ["fetch.body > filter.value", "filter.output > set.value"],
    );
    const edit = value(replaceType(workflow, CATALOGUE, "filter", "data.sort"));

    expect(nodeOf(edit.workflow, "filter")).toEqual({
      id: "filter",
      type: "data.sort",
      title: "Big ones",
      retry: { max_attempts: 2 },
      config: {},
    });
    expect([wires(edit.workflow), edit.notes]).toEqual([
      ["fetch.body > filter.value", "filter.output > set.value"],
      ["`data.sort` has no use for `condition`."],
    ]);
  });

  test("joins other ports where the names differ, and drops what nothing takes", () => {
    const workflow = workflowOf([fetch_, decide, set], ["fetch.status > decide.a", "decide.true > set.value"]);
    const edit = value(replaceType(workflow, CATALOGUE, "decide", "flow.threshold"));
    expect(wires(edit.workflow)).toEqual(["fetch.status > decide.value", "decide.true > set.value"]);

    const stop = value(replaceType(workflow, CATALOGUE, "decide", "flow.stop"));
    expect([wires(stop.workflow), stop.notes?.[1]]).toEqual([
      ["fetch.status > decide.output"],
      "1 connection did not fit and went: `set.value`.",
    ]);
  });

  test("refuses to drop what is in a container", () => {
    const workflow = workflowOf([{ id: "each", type: "flow.loop", body: { nodes: [set] } }]);

    expect(reason(replaceType(workflow, CATALOGUE, "each", "data.set"))).toBe(
      "`each` holds 1 node, and `data.set` has no place for them. Move them out first.",
    );
    expect(nodeOf(after(replaceType(workflow, CATALOGUE, "each", "flow.sequence")), "each/set")).toEqual(set);
  });
});
