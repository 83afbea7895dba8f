import { describe, expect, test } from "vitest";
import { serialise } from "@/model/document";
import type { JsonObject } from "@/model/json";
import { graphAt, nodeOf } from "@/model/path";
import { extractWorkflow } from "@/model/operations/extract";
import { CATALOGUE, reason, value, wires, workflowOf } from "@/model/cases/cases";

const fetch_: JsonObject = { id: "fetch", type: "http.request", config: { url: "{{ workflow.input.url }}" } };

test("a chain becomes a workflow that is called in its place", () => {
  const workflow = workflowOf(
    [
      fetch_,
      {
        id: "filter",
        type: "data.filter",
        position: { x: 240, y: 0 },
        config: { condition: "item.price > workflow.input.limit && nodes.fetch.status == 200" },
      },
      { id: "sort", type: "data.sort", position: { x: 480, y: 80 }, after: ["fetch"], config: { by: "item.price" } },
      {
        id: "show",
        type: "data.set",
        after: ["sort"],
        config: { fields: { first: "{{ nodes.sort.output[0].name }}" } },
      },
    ],
    ["fetch.body > filter.value", "filter > sort.value", "sort.output > show.value"],
    { inputs: { url: "string", limit: { type: "number", default: 5 } } },
  );

  const { extracted, edit } = value(
    extractWorkflow(workflow, CATALOGUE, ["filter", "sort"], { name: "best-first", title: "Best first" }),
  );

  expect(serialise(extracted)).toEqual({
    name: "best-first",
    title: "Best first",
    inputs: {
      limit: { type: "number", default: 5 },
      fetch_status: { description: "Was `nodes.fetch.status`" },
      fetch: { description: "Was `nodes.fetch.body`" },
    },
    nodes: [
      {
        id: "filter",
        type: "data.filter",
        position: { x: 0, y: 0 },
        config: {
          condition: "item.price > workflow.input.limit && workflow.input.fetch_status == 200",
          value: "{{ workflow.input.fetch }}",
        },
      },
      { id: "sort", type: "data.sort", position: { x: 240, y: 80 }, config: { by: "item.price" } },
    ],
    connections: [{ from: "filter", to: "sort.value" }],
    outputs: "{{ nodes.sort.output }}",
  });
  expect(nodeOf(edit.workflow, "best-first")).toEqual({
    id: "best-first",
    type: "flow.workflow",
    title: "Best first",
    config: {
      workflow: "best-first",
      input: {
        fetch: "{{ nodes.fetch.body }}",
        limit: "{{ workflow.input.limit }}",
        fetch_status: "{{ nodes.fetch.status }}",
      },
    },
    position: { x: 360, y: 40 },
    after: ["fetch"],
  });
  expect(nodeOf(edit.workflow, "show")).toEqual({
    id: "show",
    type: "data.set",
    after: ["best-first"],
    config: { fields: { first: "{{ nodes.best-first.output[0].name }}" } },
  });
  expect(wires(edit.workflow)).toEqual(["best-first.output > show.value", "fetch.body > best-first.trigger"]);
});

test("several outputs are fields of one", () => {
  const workflow = workflowOf(
    [
      fetch_,
      { id: "a", type: "data.parse" },
      { id: "m", type: "flow.merge" },
      { id: "b", type: "data.pick" },
      { id: "last", type: "data.set" },
    ],
    ["fetch.body > a.value", "a > m.inputs", "fetch.headers > m.inputs", "fetch.status > b.value", "a > last.trigger"],
    { outputs: { page: "{{ nodes.fetch.body }}" } },
  );
  const { extracted, edit } = value(extractWorkflow(workflow, CATALOGUE, ["fetch", "a"], { name: "page" }));

  expect(extracted.outputs).toEqual({
    a: "{{ nodes.a.output }}",
    fetch_headers: "{{ nodes.fetch.headers }}",
    fetch_status: "{{ nodes.fetch.status }}",
    fetch_body: "{{ nodes.fetch.body }}",
  });
  expect(edit.workflow.outputs).toEqual({ page: "{{ nodes.page.output.fetch_body }}" });
  expect(nodeOf(edit.workflow, "b")?.config).toEqual({ value: "{{ nodes.page.output.fetch_status }}" });
  expect(wires(edit.workflow)).toEqual([
    "a-2.output > m.inputs",
    "fetch-headers.output > m.inputs",
    "page.output > last.trigger",
  ]);
});

test("what a loop around gives is handed over", () => {
  const body = {
    nodes: [
      { id: "x", type: "data.transform", config: { transform: "loop.item.price * loop.index + total" } },
      { id: "t", type: "data.set", publish: "total" },
    ],
  };
  const { extracted, edit } = value(
    extractWorkflow(workflowOf([{ id: "each", type: "flow.loop", body }]), CATALOGUE, ["each/x"], { name: "price" }),
  );

  expect(extracted.nodes[0]?.config).toEqual({
    transform: "workflow.input.item.price * workflow.input.index + workflow.input.total",
  });
  expect(graphAt(edit.workflow, "each")?.nodes.at(-1)?.config).toEqual({
    workflow: "price",
    input: { item: "{{ loop.item }}", index: "{{ loop.index }}", total: "{{ total }}" },
  });
});

test("a branch that decided whether the nodes run decides whether the call does", () => {
  const workflow = workflowOf(
    [
      { id: "if", type: "flow.if" },
      { id: "a", type: "data.parse" },
      { id: "b", type: "data.pick" },
    ],
    ["if.true > a.value", "a > b.value"],
  );
  const { edit } = value(extractWorkflow(workflow, CATALOGUE, ["a", "b"], { name: "part" }));

  expect(wires(edit.workflow)).toEqual(["if.true > part.trigger"]);
});

describe("refused is", () => {
  const workflow = workflowOf(
    [
      { id: "start", type: "trigger.manual" },
      { id: "if", type: "flow.if" },
      { id: "a", type: "data.parse" },
      { id: "b", type: "data.pick" },
      { id: "c", type: "data.set" },
    ],
    ["start.input > if.a", "if.true > a.value", "a > b.value", "b > c.value"],
  );
  const refused = (paths: string[], name = "part"): string =>
    reason(extractWorkflow(workflow, CATALOGUE, paths, { name }));

  test("a trigger", () => expect(refused(["start", "if"])).toContain("`start` starts runs of this workflow."));
  test("a branch that leads out", () => expect(refused(["if"])).toContain("`if.true` decides whether `a` runs"));
  test("a gap", () => expect(refused(["a", "c"])).toBe("`b` stands between the selected nodes. Select it too."));
  test("a name in words", () => expect(refused(["a"], "My part")).toContain("cannot be a workflow's name"));
  test("a selection of which a branch runs only a part", () => {
    const other = workflowOf(
      [
        { id: "if", type: "flow.if" },
        { id: "a", type: "data.parse" },
        { id: "b", type: "data.set" },
      ],
      ["if.true > a.value"],
    );
    expect(reason(extractWorkflow(other, CATALOGUE, ["a", "b"], { name: "part" }))).toContain(
      "but not the other selected nodes",
    );
  });
});
