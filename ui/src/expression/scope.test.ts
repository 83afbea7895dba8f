import { describe, expect, it } from "vitest";
import { scopeFor } from "@/expression/scope";

const samples = {
  nodes: { fetch: { body: { price: 21 } }, both: { then: 1, else: 2 } },
  roots: { workflow: { input: { topic: "tea" } }, input: { value: 3 } },
};
const known = new Set(["nodes", "workflow", "input", "item"]);

describe("scopeFor", () => {
  it("takes only what is read, and gives a single output its second name", () => {
    expect(scopeFor("{{ nodes.fetch.body.price }}", "template", samples, known)).toEqual({
      scope: { nodes: { fetch: { body: { price: 21 }, output: { price: 21 } } } },
      missing: [],
      isPrivate: false,
    });
  });

  it("says what the last run has no value of", () => {
    expect(scopeFor("nodes.later.output + item.x", "expression", samples, known).missing).toEqual(["nodes.later", "item"]);
  });

  it("leaves a name nobody knows to the server", () => {
    expect(scopeFor("wrkflow.input", "expression", samples, known)).toEqual({ scope: {}, missing: [], isPrivate: false });
  });

  it("takes no state for an empty one, and never reads a secret", () => {
    expect(scopeFor("state.count ?? 0", "expression", samples, known).scope).toEqual({ state: {} });
    expect(scopeFor("secrets.token", "expression", samples, known).isPrivate).toBe(true);
  });
});
