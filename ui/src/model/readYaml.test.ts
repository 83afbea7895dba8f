import { describe, expect, it } from "vitest";
import { readYaml } from "@/model/readYaml";
import workflows from "@/model/cases/workflows.json";
import { writeYaml } from "@/model/yaml";
import type { JsonObject } from "@/model/json";

describe("readYaml", () => {
  it.each(workflows.map((one) => [one.name, one.graph] as const))("reads what is written of %s", (_, graph) => {
    expect(readYaml(writeYaml(graph as JsonObject))).toEqual(graph);
  });
  it("reads files as people write them", () => {
    const text = `# A comment
name: order-desk   # what it is called
title: "Order: desk"
inputs: {order: {type: string, default: A-17}, amount: {type: number, default: 240}}
nodes:
  - {id: price, type: data.set, config: {fields: {total: "{{ workflow.input.amount * 1.19 }}"}}}
  - id: ship
    type: flow.approval
    config:
      title: 'Ship it, won''t you?'
      message: |
        Two lines,
        # no comment
      folded: >-
        one
        line
      deadline: 2d
      url: http://example.org/a#b
      form: {type: object,
        required: [boxes]}
    after:
    - price
connections: []
`;
    expect(readYaml(text)).toEqual({
      name: "order-desk",
      title: "Order: desk",
      inputs: { order: { type: "string", default: "A-17" }, amount: { type: "number", default: 240 } },
      nodes: [
        { id: "price", type: "data.set", config: { fields: { total: "{{ workflow.input.amount * 1.19 }}" } } },
        {
          id: "ship",
          type: "flow.approval",
          config: {
            title: "Ship it, won't you?",
            message: "Two lines,\n# no comment\n",
            folded: "one line",
            deadline: "2d",
            url: "http://example.org/a#b",
            form: { type: "object", required: ["boxes"] },
          },
          after: ["price"],
        },
      ],
      connections: [],
    });
  });
  it.each(["a: &x 1", "a: [1, 2", "a: 1\n  b: 2", "\ta: 1"])("refuses %j", (text) => expect(() => readYaml(text)).toThrow());
});
