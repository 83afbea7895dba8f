import { describe, expect, it } from "vitest";
import { asExpression, asValue, insertReference, wordAt } from "@/expression/writing";

describe("a field as a value or as an expression", () => {
  it.each([
    [42, "{{ 42 }}"],
    [["a"], '{{ ["a"] }}'],
    ["https://a.example", "https://a.example"],
    [undefined, ""],
  ])("%j becomes %s", (value, text) => expect(asExpression(value)).toBe(text));

  it.each([
    ["{{ 42 }}", 42],
    ['{{ {"a": [1]} }}', { a: [1] }],
    ["plain", "plain"],
    ["", undefined],
    ["{{ nodes.a.b }}", undefined],
    ["a {{ 1 }} b", undefined],
  ])("%s becomes %j", (text, value) => expect(asValue(text)).toEqual(value));
});

describe("insertReference", () => {
  it.each([
    ["", "template", 0, "{{ nodes.a.b }}", 15],
    ["To {{  }}!", "template", 6, "To {{ nodes.a.b }}!", 15],
    ["To ", "template", 3, "To {{ nodes.a.b }}", 18],
    ["1 + ", "expression", 4, "1 + nodes.a.b", 13],
  ] as const)("into %j (%s)", (text, mode, at, written, cursor) => {
    expect(insertReference(text, mode, at, "nodes.a.b")).toEqual({ text: written, cursor });
  });
});

describe("wordAt", () => {
  it("is the word that a message is about, or the last letter at the end", () => {
    expect(wordAt("1 + input.prise", 4)).toEqual({ from: 4, to: 15 });
    expect(wordAt("1 +", 3)).toEqual({ from: 2, to: 3 });
  });
});
