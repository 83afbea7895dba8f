// What the editor says is what the server says: compared with cases that Python wrote.
import { describe, expect, test } from "vitest";
import { makeCatalogue, type NodeTypeDetail } from "@/model/catalogue";
import { compareWorkflows } from "@/model/diff";
import { isFitting } from "@/model/fitting";
import { chainsIn, type Mode } from "@/model/expression/scan";
import { referencesIn } from "@/model/expression/references";
import type { JsonObject } from "@/model/json";
import { orderOf } from "@/model/order";
import { portsOf } from "@/model/ports";
import { accepts, carried, parseTypeName, typeName, type PortType } from "@/model/portType";
import { resolve } from "@/model/resolve";
import { writeEnd } from "@/model/workflow";
import { CATALOGUE, loaded, TYPE_DETAILS } from "@/model/cases/cases";
import differences from "./cases/differences.json";
import orders from "./cases/order.json";
import portTypes from "./cases/portTypes.json";
import references from "./cases/references.json";
import resolved from "./cases/resolved.json";

interface TypeCase {
  type: PortType;
  name: string;
  carried: string;
  accepts: { other: PortType; accepts: boolean; fits: boolean }[];
}

test.each((portTypes as TypeCase[]).map((one) => [one.name, one] as const))("port type: %s", (_, one) => {
  const input = { name: "x", type: one.type, required: true, collects: false, description: "" };

  expect(typeName(one.type)).toBe(one.name);
  expect(carried(one.type)).toBe(one.carried);
  for (const { other, accepts: told, fits } of one.accepts) {
    expect([other, accepts(one.type, other), isFitting(other, input)]).toEqual([other, told, fits]);
  }
});

test("a type's name is read back", () => {
  for (const name of [
    "number",
    "list of texts",
    "list of list of textss",
    "series of numbers",
    "list of booleans",
    "candles",
  ]) {
    expect(typeName(parseTypeName(name))).toBe(name);
  }
});

interface ResolvedCase {
  graph: JsonObject;
  ends: ([string, string] | string)[];
  ports: Record<string, [string[], string[]]>;
}

test("each connection joins the ports that the engine joins", () => {
  for (const one of resolved as unknown as ResolvedCase[]) {
    const graph = loaded(one.graph);
    const ends = resolve(graph, CATALOGUE).map((link) => link.trouble ?? [link.output, link.input]);
    expect({ graph: one.graph, ends }).toEqual({ graph: one.graph, ends: one.ends });
    for (const node of graph.nodes) {
      const ports = portsOf(node, CATALOGUE);
      if (ports.type)
        expect([[...ports.inputs.keys()].toSorted(), [...ports.outputs.keys()]]).toEqual(one.ports[node.id]);
    }
  }
});

test("nodes wait for what the check says they wait for", () => {
  for (const one of orders as unknown as { graph: JsonObject; before: { levels: Record<string, string[]>[] } }[]) {
    const levels = [...orderOf(loaded(one.graph), CATALOGUE).values()].map((level) =>
      Object.fromEntries([...level].map(([id, before]) => [id, [...before].toSorted()])),
    );
    const sorted = (all: Record<string, string[]>[]): string[] =>
      all.map((level) => JSON.stringify(Object.entries(level).toSorted())).toSorted();
    expect(sorted(levels)).toEqual(sorted(one.before.levels));
  }
});

describe("names read in expressions", () => {
  interface ReferenceCase {
    text: string;
    mode: Mode;
    references: [string, string | null][];
    roots: string[];
  }
  test.each((references as ReferenceCase[]).map((one) => [one.mode, one.text, one] as const))("%s %s", (_, __, one) => {
    const found = referencesIn(one.text, one.mode).map(({ id, port }) =>
      JSON.stringify([id, port === "length" ? null : (port ?? null)]),
    );
    const told = one.references.map(([id, port]) => JSON.stringify([id, port]));
    expect(new Set(found)).toEqual(new Set(told));
    // Variables of functions, as in `x => x.price`, are the only other names.
    const variables = new Set(
      [...one.text.matchAll(/\(?([\w$, ]+)\)?\s*=>/g)].flatMap((match) =>
        (match[1] ?? "").split(",").map((name) => name.trim()),
      ),
    );
    const roots = chainsIn(one.text, one.mode).map(({ root }) => (root === "steps" ? "nodes" : root));
    expect(new Set(roots.filter((root) => !variables.has(root)))).toEqual(new Set(one.roots));
  });
});

describe("differences between workflows", () => {
  interface DifferenceCase {
    before: JsonObject;
    after: JsonObject;
    difference: { nodes: unknown[]; fields: unknown[]; connections: { added: string[]; removed: string[] } };
  }
  const cases = differences as unknown as DifferenceCase[];
  test.each(cases.map((one, index) => [index, one] as const))("%i", (_, one) => {
    const found = compareWorkflows(loaded(one.before), loaded(one.after));
    const prefix = (graph: string): string => (graph === "" ? "" : `${graph}/`);
    const written = (kind: "added" | "removed"): string[] =>
      found.connections
        .filter((change) => change.kind === kind)
        .map(
          ({ graph, connection: { source, output, target, input } }) =>
            `${prefix(graph)}${writeEnd(source, output)} -> ${prefix(graph)}${writeEnd(target, input)}`,
        );

    expect(sortedJson(found.nodes)).toEqual(sortedJson(one.difference.nodes));
    expect(found.fields).toEqual(one.difference.fields);
    expect(written("added")).toEqual(one.difference.connections.added);
    expect(written("removed").length).toBe(one.difference.connections.removed.length);
  });
});

/** Changes of a node may come in another order of fields. */
function sortedJson(nodes: readonly unknown[]): unknown[] {
  interface Change {
    path: string;
    fields: { field: string }[];
  }
  return (nodes as Change[])
    .map((node) => ({ ...node, fields: node.fields.toSorted((one, other) => (one.field < other.field ? -1 : 1)) }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

test("what the API does not tell yet is worked out for the types that come with Treadle", () => {
  const asToldNow = TYPE_DETAILS.map(({ fields: _, body_names: __, ...type }): NodeTypeDetail => ({
    ...type,
    inputs: type.inputs.map(({ shape: ___, ...port }) => port),
    outputs: type.outputs.map(({ shape: ___, ...port }) => port),
  }));
  const guessed = makeCatalogue(asToldNow);

  for (const type of CATALOGUE.types) {
    const other = guessed.find(type.type);
    const kinds = (one: typeof other): unknown => one?.config.map(({ name, kind }) => [name, kind]);
    expect([type.type, kinds(other)]).toEqual([type.type, kinds(type)]);
    expect([type.type, other?.bodyNames]).toEqual([type.type, type.bodyNames]);
    expect(other?.inputs.map((port) => typeName(port.type))).toEqual(type.inputs.map((port) => typeName(port.type)));
  }
});
