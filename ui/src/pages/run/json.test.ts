import { describe, expect, it } from "vitest";
import { editedOutputs, parseJson } from "@/pages/run/json";

describe("parseJson", () => {
  it("reads values and says what is wrong", () => {
    expect(parseJson('{"a": 1}')).toEqual({ value: { a: 1 }, error: null });
    expect(parseJson("yes").error).toContain("not JSON");
    expect(parseJson(" ").error).toContain("nothing");
  });
});

describe("editedOutputs", () => {
  it("has only what is another value", () => {
    const edited = editedOutputs("a", { output: { n: 2 }, other: 1 }, { output: '{"n": 3}', other: " 1 " });
    expect(edited).toEqual({ outputs: { "a.output": { n: 3 } }, isWrong: false });
  });

  it("knows what cannot be read", () => {
    expect(editedOutputs("a", {}, { output: "{" }).isWrong).toBe(true);
  });
});
