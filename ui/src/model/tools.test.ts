import { describe, expect, test } from "vitest";
import { complete } from "@/model/completion";
import { compareWorkflows, isOnlyLooks } from "@/model/diff";
import { contextOf, outputsContext, type FunctionDoc } from "@/model/expressionContext";
import * as history from "@/model/history";
import { anchored, layoutGraph, planLayout, runLayout, withMissingPlaces } from "@/model/layout";
import { miniatureOf } from "@/model/miniature";
import { categoriesOf, searchNodes, searchTypes } from "@/model/search";
import { mayConnect, portsThatFit } from "@/model/compatibility";
import { portsOf } from "@/model/ports";
import { countInside, issuesByNode, placeOfIssue } from "@/model/issues";
import { pathInRun } from "@/model/path";
import { moveNodes } from "@/model/operations/move";
import { setConfig, setTitle } from "@/model/operations/settings";
import { after, CATALOGUE, loaded, value, workflowOf, WORKFLOWS } from "@/model/cases/cases";
import type { Workflow } from "@/model/workflow";

describe("history", () => {
  const start = workflowOf([{ id: "a", type: "data.set", position: { x: 0, y: 0 } }]);
  const drag = (before: Workflow, x: number): Workflow => after(moveNodes(before, new Map([["a", { x, y: 0 }]])));

  test("a drag is one step, however slow; letting go ends it", () => {
    let here = history.startHistory(start);
    for (const [x, at] of [
      [8, 0],
      [16, 9000],
      [24, 20_000],
    ] as const)
      here = history.record(here, value(moveNodes(here.present, new Map([["a", { x, y: 0 }]]))), at);
    here = history.record(
      history.seal(here),
      value(moveNodes(here.present, new Map([["a", { x: 80, y: 0 }]]))),
      20_001,
    );

    expect(here.past.map((step) => step.label)).toEqual(["Move a", "Move a"]);
    here = history.undo(here);
    expect(here.present).toEqual(drag(start, 24));
    expect(history.undo(here).present).toBe(start);
  });

  test("typing in one field is one step until one pauses or types elsewhere", () => {
    let here = history.startHistory(start);
    for (const [text, at] of [
      ["h", 0],
      ["he", 100],
      ["hey", 5000],
    ] as const)
      here = history.record(here, value(setTitle(here.present, "a", text)), at);
    here = history.record(here, value(setConfig(here.present, "a", "x", 1)), 5001);

    expect(here.past.map((step) => step.label)).toEqual(["Title of a", "Title of a", "Set x of a"]);
  });

  test("goes back and forth by name, and a new edit ends what could be redone", () => {
    let here = history.startHistory(start);
    for (let index = 0; index < history.MOST_STEPS + 5; index += 1)
      here = history.record(here, value(setConfig(here.present, "a", `f${index}`, 1)), index);
    expect(here.past.length).toBe(history.MOST_STEPS);

    here = history.goTo(here, 2);
    expect([here.past.length, history.nextSteps(here)]).toEqual([2, { undo: "Set f6 of a", redo: "Set f7 of a" }]);
    expect(history.goTo(here, history.MOST_STEPS).future).toEqual([]);
    here = history.record(here, value(setTitle(here.present, "a", "t")), 0);
    expect(history.redo(here)).toBe(here);
  });
});

describe("layout", () => {
  test.each(WORKFLOWS.map((one) => [one.name, one] as const))(
    "puts no node on another and what waits to the right: %s",
    (_, { graph }) => {
      const workflow = loaded(graph);
      const plan = planLayout(workflow, CATALOGUE);
      const { places } = runLayout(structuredClone(plan));
      const boxes = plan.nodes.map(({ path, size, lanes }) => ({
        ...places.get(path),
        ...(lanes.length > 0 ? { width: 224, height: 48 } : size),
      })) as { x: number; y: number; width: number; height: number }[];

      for (const [from, to] of plan.edges) expect(boxes[from]?.x ?? 0).toBeLessThan(boxes[to]?.x ?? 0);
      for (const [index, one] of boxes.entries()) {
        expect([one.x % 8, one.y % 8]).toEqual([0, 0]);
        for (const other of boxes.slice(index + 1)) {
          const apart =
            one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y;
          expect(apart).toBe(true);
        }
      }
    },
  );

  test("makes a container as large as what is in it, and keeps the corner where it was", () => {
    const inner = {
      id: "each",
      type: "flow.loop",
      position: { x: 400, y: 80 },
      body: {
        nodes: [
          { id: "a", type: "data.parse" },
          { id: "b", type: "data.pick" },
        ],
        connections: [{ from: "a", to: "b.value" }],
      },
    };
    const workflow = workflowOf([inner, { id: "next", type: "data.set" }], ["each > next.value"]);
    const laid = layoutGraph(workflow, CATALOGUE);

    expect(laid.places.get("next")?.x).toBeGreaterThan((laid.places.get("each/b")?.x ?? 0) + 224);
    expect(anchored(workflow, laid).get("each")).toMatchObject({ x: 400 });
  });

  test("gives a place only to what has none", () => {
    const workflow = workflowOf(
      [
        { id: "a", type: "data.set", position: { x: 800, y: 0 } },
        { id: "b", type: "data.set" },
      ],
      ["a > b.value"],
    );
    const shown = withMissingPlaces(workflow, CATALOGUE);

    expect(shown.nodes[0]).toBe(workflow.nodes[0]);
    expect(shown.nodes[1]?.position?.y).toBeGreaterThan(0);
    expect(withMissingPlaces(shown, CATALOGUE)).toBe(shown);
  });

  test("of 1,000 nodes takes seconds, not minutes", () => {
    const nodes = Array.from({ length: 1000 }, (_, index) => ({ id: `n${index}`, type: "data.transform" }));
    const wires = nodes.slice(1).map((node, index) => `n${Math.floor(index / 3)} > ${node.id}.value`);
    const begun = performance.now();
    expect(layoutGraph(workflowOf(nodes, wires), CATALOGUE).places.size).toBe(1000);
    expect(performance.now() - begun).toBeLessThan(10_000);
  }, 30_000);
});

describe("search", () => {
  const first = (words: string): string | undefined => searchTypes(CATALOGUE, { words })[0]?.type.type;

  test.each([
    ["http", "http.request"],
    ["if", "flow.if"],
    ["loop", "flow.loop"],
    ["delay", "flow.wait"],
    ["api", "http.request"],
    ["cron", "trigger.schedule"],
    ["sticky", "flow.note"],
    ["py", "code.python"],
    ["for each", "flow.loop"],
    ["sched", "trigger.schedule"],
    ["flow.sw", "flow.switch"],
    ["hreq", "http.request"],
  ])("%s finds %s first", (words, type) => {
    expect(first(words)).toBe(type);
  });

  test("finds nothing for nonsense, and everything for nothing", () => {
    expect(searchTypes(CATALOGUE, { words: "qqxz" })).toEqual([]);
    expect(searchTypes(CATALOGUE, {}).length).toBe(CATALOGUE.types.length);
    expect(categoriesOf(CATALOGUE).map((one) => one.name)).toContain("flow");
    expect(searchTypes(CATALOGUE, { recent: ["data.sort"] })[0]?.type.type).toBe("data.sort");
  });

  test("keeps to what fits a port, the best first", () => {
    const found = searchTypes(CATALOGUE, { fits: { side: "output", type: { kind: "boolean" } } });
    expect([found[0]?.type.type, found[0]?.port]).toEqual(["flow.gate", "flags"]);
    expect(found.some(({ type }) => type.type === "flow.in_range" || type.kind === "trigger")).toBe(false);
  });

  test("finds nodes on the canvas by name, type, and what is in them", () => {
    const workflow = workflowOf([
      { id: "a", type: "http.request", title: "Price of gold", config: { url: "https://silver.example" } },
      { id: "each", type: "flow.loop", body: { nodes: [{ id: "gold", type: "data.set" }] } },
    ]);
    expect(searchNodes(workflow, CATALOGUE, "gold").map((one) => one.path)).toEqual(["each/gold", "a"]);
    expect(searchNodes(workflow, CATALOGUE, "silver")).toMatchObject([{ path: "a", where: "config.url" }]);
    expect(searchNodes(workflow, CATALOGUE, "loop")).toMatchObject([{ path: "each" }]);
  });

  test("lights up the ports that a wire may end at", () => {
    const workflow = workflowOf([
      { id: "a", type: "http.request" },
      { id: "r", type: "flow.threshold" },
    ]);
    expect([...portsThatFit(workflow, CATALOGUE, "", { side: "output", node: "a", port: "status" })]).toEqual([
      ["r", ["value", "trigger"]],
    ]);
    expect([...portsThatFit(workflow, CATALOGUE, "", { side: "input", node: "r", port: "value" })]).toEqual([
      ["a", ["status", "body"]],
    ]);
  });
});

test("a miniature draws every node once, by category", () => {
  for (const { graph } of WORKFLOWS) {
    const workflow = loaded(graph);
    const drawn = miniatureOf(workflow, CATALOGUE);
    const shapes = [...drawn.nodes.map((one) => one.d), drawn.containers].join("").match(/z/g)?.length ?? 0;
    expect(shapes).toBe(workflow.nodes.length);
    expect(drawn.viewBox).toMatch(/^-?\d+ -?\d+ \d+ \d+$/);
    expect(drawn.wires + drawn.containers).not.toMatch(/NaN|undefined/);
  }
});

test("a moved node is a difference of looks only", () => {
  const before = workflowOf([{ id: "a", type: "data.set", position: { x: 0, y: 0 } }]);
  expect(isOnlyLooks(compareWorkflows(before, after(moveNodes(before, new Map([["a", { x: 80, y: 0 }]])))))).toBe(true);
  expect(isOnlyLooks(compareWorkflows(before, after(setConfig(before, "a", "x", 1))))).toBe(false);
});

describe("what may be written in a field", () => {
  const functions: FunctionDoc[] = [{ name: "upper", signature: "upper(text)", doc: "In capitals.", category: "text" }];
  const workflow = workflowOf(
    [
      { id: "fetch-page", type: "http.request", title: "Page", publish: "page" },
      { id: "aside", type: "data.set" },
      {
        id: "each",
        type: "flow.loop",
        body: {
          nodes: [
            { id: "x", type: "data.filter", config: { condition: "item" } },
            { id: "y", type: "data.set" },
          ],
          connections: [{ from: "x", to: "y" }],
        },
      },
      { id: "last", type: "data.set" },
    ],
    ["fetch-page.body > each.items", "each > last"],
    { inputs: { topic: { type: "string", description: "What about" } } },
  );
  const context = contextOf(workflow, CATALOGUE, "each/x", { config: "condition" }, functions);

  test("are nodes that do not wait for it, upstream ones first, and names of its place", () => {
    expect(context.nodes.map(({ id, upstream, depth }) => [id, upstream, depth])).toEqual([
      ["fetch-page", true, 1],
      ["aside", false, 1],
    ]);
    expect([context.mode, context.names.map(({ name }) => name), context.loop.map(({ name }) => name)]).toEqual([
      "expression",
      ["index", "item", "page"],
      ["item", "index", "count"],
    ]);
    expect(context.workflowInputs).toEqual([{ name: "topic", type: { kind: "text" }, description: "What about" }]);
    expect(outputsContext(workflow, CATALOGUE, "").nodes.map(({ id }) => id)).toEqual([
      "fetch-page",
      "aside",
      "each",
      "last",
    ]);
    expect(contextOf(workflow, CATALOGUE, "fetch-page", { config: "secret" }).secrets).toBe(true);
  });

  const samples = { nodes: { "fetch-page": { body: { items: [{ price: 3, "odd key": 1 }] } } } };
  const labels = (text: string, at = text.length): readonly string[] | undefined =>
    complete(context, text, at, samples)?.options.map((one) => one.label);

  test("is completed part by part, down into the values of the last run", () => {
    expect(labels("no")).toEqual(["nodes"]);
    expect(labels("nodes.")).toEqual(["fetch-page", "aside"]);
    expect(labels("1 + nodes.fetch-page.")).toEqual(["status", "headers", "body"]);
    expect(labels("nodes.fetch-page.body.items[0].")).toEqual(["price", "odd key"]);
    expect(complete(context, "nodes.fetch-page.body.items[0].odd", 34, samples)).toMatchObject({
      from: 30,
      options: [{ insert: '["odd key"]' }],
    });
    expect(complete(context, "nodes.fe", 8, samples)).toMatchObject({ from: 5, options: [{ insert: ".fetch-page" }] });
    expect(labels("workflow.input.")).toEqual(["topic"]);
    expect(labels("loop.")).toEqual(["item", "index", "count"]);
    expect(labels("up")).toEqual(["upper"]);
    expect(labels("input.")).toEqual(["value"]);
  });

  test("is nothing in a text, outside of braces, or where nothing is evaluated", () => {
    expect(labels("'nodes.")).toBeUndefined();
    const template = contextOf(workflow, CATALOGUE, "last", { config: "fields" });
    expect(complete(template, "nodes. {{ nodes. }}", 6)).toBeUndefined();
    expect(complete(template, "nodes. {{ nodes. }}", 16)?.options.length).toBe(3);
    expect(
      complete(
        contextOf(workflowOf([{ id: "p", type: "code.python" }]), CATALOGUE, "p", { config: "source" }),
        "nodes.",
        6,
      ),
    ).toBeUndefined();
  });
});

test("what lights up is what may be connected", () => {
  for (const { graph } of WORKFLOWS) {
    const workflow = loaded(graph);
    for (const node of workflow.nodes) {
      for (const port of portsOf(node, CATALOGUE).outputs.keys()) {
        const lit = portsThatFit(workflow, CATALOGUE, "", { side: "output", node: node.id, port });
        const may = workflow.nodes.flatMap((other) =>
          [...portsOf(other, CATALOGUE).inputs.keys()]
            .filter(
              (input) =>
                mayConnect(workflow, CATALOGUE, "", { node: node.id, port }, { node: other.id, port: input }).ok,
            )
            .map((input) => `${other.id}.${input}`),
        );
        expect([...lit].flatMap(([id, inputs]) => inputs.map((input) => `${id}.${input}`))).toEqual(may);
      }
    }
  }
});

describe("an issue of the check", () => {
  const inner = {
    nodes: [
      { id: "a", type: "data.set" },
      { id: "b", type: "data.set" },
    ],
    connections: [{ from: "a", to: "b" }],
  };
  const workflow = workflowOf(
    [
      { id: "x", type: "data.set" },
      { id: "try", type: "flow.try", body: inner, catch: { nodes: [{ id: "c", type: "data.set" }] } },
    ],
    ["x > try.trigger"],
  );

  test.each([
    ["nodes[0].config.url", { graph: "", node: "x", field: "config.url" }],
    ["nodes[1].body.nodes[1]", { graph: "try", node: "try/b" }],
    ["nodes[1].catch.nodes[0].retry.delay", { graph: "try.catch", node: "try.catch/c", field: "retry.delay" }],
    ["nodes[1].body.connections[0].to", { graph: "try", node: "try/b", connection: 0 }],
    ["nodes[1].body.outputs", { graph: "try", node: "try", field: "outputs" }],
    ["connections[0].from", { graph: "", node: "try", connection: 0 }],
    ["inputs.size.default", { graph: "", field: "inputs.size.default" }],
    ["", { graph: "" }],
  ])("at %s has its place", (path, place) => {
    expect(placeOfIssue(workflow, path)).toEqual(place);
  });

  test("is counted on the containers around it", () => {
    const issues = issuesByNode(workflow, [
      { path: "nodes[1].body.nodes[1]" },
      { path: "nodes[1].catch.nodes[0].when" },
      { path: "name" },
    ]);
    expect([...issues.keys()]).toEqual(["try/b", "try.catch/c", ""]);
    expect([...countInside(workflow, issues)]).toEqual([["try", 2]]);
  });
});

test("a run's path is that of the node in any iteration", () => {
  expect(pathInRun("each[2]/try.catch/inner[0]/send")).toBe("each/try.catch/inner/send");
});
