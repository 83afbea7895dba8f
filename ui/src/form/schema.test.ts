import { describe, expect, it } from "vitest";
import { initial, labelOf, optionOf, resolve, type Schema } from "@/form/schema";

const CARD: Schema = { type: "object", properties: { kind: { const: "card" }, number: { type: "string" } } };
const BANK: Schema = { type: "object", properties: { kind: { const: "bank" }, iban: { type: "string" } } };
const root: Schema = { $defs: { Card: CARD, Bank: BANK, Size: { enum: ["s", "m"], description: "How large." } } };

describe("resolve", () => {
  it.each<[string, Schema, string, boolean]>([
    ["a text", { type: "string" }, "text", false],
    ["a secret", { anyOf: [{ type: "string" }, { type: "null" }], format: "password" }, "secret", true],
    ["a nullable number", { anyOf: [{ type: "number" }, { type: "null" }] }, "number", true],
    ["a list of types", { type: ["integer", "null"] }, "number", true],
    ["a reference", { $ref: "#/$defs/Size" }, "choice", false],
    ["a wrapped reference", { allOf: [{ $ref: "#/$defs/Size" }], default: "m" }, "choice", false],
    ["a free object", { type: "object", additionalProperties: true }, "dict", false],
    ["a union", { oneOf: [{ $ref: "#/$defs/Card" }, { $ref: "#/$defs/Bank" }] }, "union", false],
    ["a choice of constants", { anyOf: [{ const: "auto" }, { enum: ["a", "b"] }] }, "choice", false],
    ["anything", {}, "any", false],
  ])("%s", (_, schema, kind, isNullable) => {
    expect(resolve(schema, root)).toMatchObject({ kind, isNullable });
  });

  it("keeps what stands beside a reference", () => {
    expect(resolve({ $ref: "#/$defs/Size", description: "Of the shirt." }, root).schema.description).toBe(
      "Of the shirt.",
    );
  });

  it("does not follow a reference to itself for ever", () => {
    const turning: Schema = { $defs: { Me: { $ref: "#/$defs/Me" } } };

    expect(resolve({ $ref: "#/$defs/Me" }, turning).kind).toBe("any");
  });
});

describe("a union", () => {
  const options = [{ $ref: "#/$defs/Card" }, { $ref: "#/$defs/Bank" }];

  it("knows its option by what sets it apart", () => {
    expect(optionOf({ kind: "bank", iban: "DE" }, options, root)).toBe(1);
  });

  it("begins with what sets an option apart", () => {
    expect(initial({ ...BANK, required: ["kind"] }, root)).toEqual({ kind: "bank" });
  });
});

describe("labelOf", () => {
  it.each([
    ["max_size", {}, "Max size"],
    ["max_size", { title: "Max Size" }, "Max size"],
    ["by", { title: "How pages are found" }, "How pages are found"],
  ])("%s", (name, schema, label) => expect(labelOf(name, schema)).toBe(label));
});
