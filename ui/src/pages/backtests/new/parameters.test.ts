import { describe, expect, it } from "vitest";
import { makeCatalogue } from "@/model/catalogue";
import type { Workflow } from "@/model/workflow";
import { type Parameter, parametersOf, readValues } from "@/pages/backtests/new/parameters";

const period: Parameter = { name: "rsi.period", title: "rsi: period", kind: "integer", value: 14, choices: [], least: 2, most: 500 };
const size: Parameter = { ...period, name: "buy.size", kind: "number", least: null, most: null };
const side: Parameter = { ...period, name: "buy.side", kind: "choice", choices: ["buy", "sell"], least: null, most: null };

describe("readValues", () => {
  it.each([
    ["14", period, [14]],
    ["7, 14,21, 7", period, [7, 14, 21]],
    ["5:15:5", period, [5, 10, 15]],
    ["5:8", period, [5, 6, 7, 8]],
    ["0.1:0.3:0.1", size, [0.1, 0.2, 0.3]],
    ["buy, sell", side, ["buy", "sell"]],
    ["true", { ...side, kind: "boolean" as const }, [true]],
  ])("%s", (text, parameter, values) => expect(readValues(text, parameter)).toMatchObject({ ok: true, values }));

  it.each([
    ["", period, "Write a value"],
    ["x", period, "“x” is no number."],
    ["7.5", period, "It is a whole number, and 7.5 is none."],
    ["1, 14", period, "It is at least 2."],
    ["5:501:5", period, "It is at most 500."],
    ["9:5:1", period, "A range goes from the lesser"],
    ["5:9:0", period, "A step is more than 0."],
    ["5:9:1:2", period, "A range is from:to:step"],
    ["0:1:0.0001", size, "That is more than 1000 values"],
    ["hold", side, "It is one of buy, sell."],
  ])("refuses %s", (text, parameter, reason) => {
    const read = readValues(text, parameter);
    expect(read.ok ? "" : read.reason).toContain(reason);
  });
});

it("finds what can be varied, and not what is worked out", () => {
  const field = (schema: object, kind: "value" | "expression" = "value") => ({ schema, kind });
  const fields = {
    period: field({ type: "integer", default: 14, minimum: 2 }),
    side: field({ enum: ["buy", "sell"] }),
    condition: field({ type: "string" }, "expression"),
    size: field({ anyOf: [{ type: "number" }, { type: "null" }] }),
    series: field({ type: "array" }),
  };
  const catalogue = makeCatalogue([
    {
      type: "x.all",
      title: "All",
      category: "x",
      kind: "pure",
      description: "",
      available: true,
      inputs: [],
      outputs: [],
      ports_depend_on_config: false,
      bodies: [],
      config_schema: { properties: Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])) },
      fields: Object.entries(fields).map(([name, { kind }]) => ({ name, kind })),
    },
  ]);
  const workflow: Workflow = {
    name: "w",
    inputs: { limit: { type: "number", default: 5 } },
    nodes: [
      { id: "a", type: "x.all", config: { period: 9, size: "{{ input.limit }}" } },
      { id: "b", type: "x.all", disabled: true },
    ],
    connections: [],
  };
  expect(parametersOf(workflow, catalogue).map(({ name, kind, value }) => [name, kind, value])).toEqual([
    ["a.period", "integer", 9],
    ["a.side", "choice", null],
    ["input.limit", "number", 5],
  ]);
});
