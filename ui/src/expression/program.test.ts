import { describe, expect, it } from "vitest";
import { tokensOf } from "@/expression/program";

const parts = (program: string, language: string) => tokensOf(program, language).map(({ from, to, part }) => `${part} ${program.slice(from, to)}`);

describe("a program", () => {
  it("is told apart in Python", () => {
    expect(parts('def f(x):  # double\n    return x * 2.5 + len("a # b")', "python")).toEqual([
      "word def",
      "function f",
      "comment # double",
      "word return",
      "number 2.5",
      "function len",
      'text "a # b"',
    ]);
  });

  it("keeps a text of several lines together, also while it is written", () => {
    expect(parts('"""a\nif b"""\nif c', "python")).toEqual(['text """a\nif b"""', "word if"]);
    expect(parts("const t = `a ${if}\n", "javascript")).toEqual(["word const", "text `a ${if}\n"]);
  });

  it("does not take a member for a word, nor knows every language", () => {
    expect(parts("a.from /* in */ = null", "javascript")).toEqual(["comment /* in */", "word null"]);
    expect(parts("select 1", "sql")).toEqual([]);
  });

  it("is read in a moment, however it ends", () => {
    const long = `${"x = 'a' + 1 # b\n".repeat(2_000)}"""`;
    const begun = performance.now();
    tokensOf(long, "python");
    expect(performance.now() - begun).toBeLessThan(200);
  });
});
