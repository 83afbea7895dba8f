import { describe, expect, it } from "vitest";
import { readNodeType } from "@/model/catalogue";
import { fillConfig } from "@/pages/workflow/inspector/data/testing";

const type = readNodeType({
  type: "http.request",
  title: "",
  category: "http",
  kind: "effect",
  description: "",
  available: true,
  inputs: [],
  outputs: [],
  ports_depend_on_config: false,
  bodies: [],
  config_schema: {
    type: "object",
    properties: { url: { type: "string" }, query: { type: "object" }, when: { type: "string", format: "expression" } },
  },
});
const samples = { nodes: { fetch: { body: { id: 7, tags: ["a"] } } }, roots: { workflow: { input: { host: "a.example" } } } };

describe("fillConfig", () => {
  it("puts the values of the last run in place of what is read", () => {
    const { config, missing } = fillConfig(
      type,
      {
        url: "https://{{ workflow.input.host }}/{{ nodes.fetch.body.id + 1 }}",
        query: { tags: "{{ nodes.fetch.body.tags }}", all: "{{ nodes.fetch.output }}" },
        when: "input.value.x > nodes.fetch.body.id",
      },
      samples,
    );

    expect(config).toEqual({
      url: 'https://{{ "a.example" }}/{{ 7 + 1 }}',
      query: { tags: ["a"], all: { id: 7, tags: ["a"] } },
      when: "input.value.x > 7",
    });
    expect(missing).toEqual([]);
  });

  it("says what has no value yet, and leaves secrets to the server", () => {
    const { config, missing } = fillConfig(type, { url: "{{ nodes.later.x }}{{ secrets.token }}" }, samples);

    expect(missing).toEqual(["nodes.later.x"]);
    expect(config).toEqual({ url: "{{ nodes.later.x }}{{ secrets.token }}" });
  });
});
