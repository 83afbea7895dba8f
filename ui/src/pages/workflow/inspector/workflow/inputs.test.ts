import { describe, expect, it } from "vitest";
import { freeName, inputForm, inputSchema } from "@/pages/workflow/inspector/workflow/inputs";

describe("an input of the workflow", () => {
  it.each([["number"], [{ type: "number", default: 1, minimum: 0 }], [{ type: "string", description: "Whom." }]])(
    "%j is the same again",
    (schema) => expect(inputSchema(inputForm(schema))).toEqual(schema),
  );

  it("is written in short where a type is all", () => {
    expect(inputSchema({ type: "string", description: "" })).toBe("string");
  });

  it("gets a name that is free", () => {
    expect(freeName(["input", "input_2"])).toBe("input_3");
  });
});
