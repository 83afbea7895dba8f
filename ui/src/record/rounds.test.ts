import { describe, expect, it } from "vitest";
import { applyAll, NOTHING_YET } from "@/record/history";
import { chosenIn, nodePathOf, readChosen, roundsOf, runPathOf, writeChosen } from "@/record/rounds";
import { barsOf, groupsAround, marksOf } from "@/record/timeline";
import type { LiveEvent } from "@/live/event";

const at = "2026-03-01T08:00:01.000Z";
function state(...paths: string[]) {
  const events = paths.map((path) => ({ type: "node.completed", path, at, data: { outputs: {}, duration_ms: 10, attempts: 1 } }));
  return applyAll(NOTHING_YET, events as unknown as LiveEvent[]);
}

describe("rounds", () => {
  const rounds = roundsOf(state("out[0]/in[0]/x", "out[1]/in[0]/x", "out[1]/in[1]/x", "try.catch/t").nodes);

  it("are found, also within each other", () => {
    expect([...rounds]).toEqual([
      ["out", [0, 1]],
      ["out[0]/in", [0]],
      ["out[1]/in", [0, 1]],
    ]);
  });

  it("lead to a node of the run: the last round, or the chosen", () => {
    expect(runPathOf("out/in/x", rounds, {})).toBe("out[1]/in[1]/x");
    expect(runPathOf("out/in/x", rounds, { out: 0, "out/in": 1 })).toBe("out[0]/in[0]/x");
    expect(runPathOf("try.catch/t", rounds, {})).toBe("try.catch/t");
  });

  it("are read from a path and from the address", () => {
    expect(chosenIn("out[1]/in[0]/x")).toEqual({ out: 1, "out/in": 0 });
    expect(nodePathOf("out[1]/in[0]/x")).toBe("out/in/x");
    expect(readChosen(writeChosen({ out: 1, "out/in": 0 }))).toEqual({ out: 1, "out/in": 0 });
    expect(readChosen("nonsense")).toEqual({});
  });
});

describe("barsOf", () => {
  it("groups the rounds under their container", () => {
    const bars = barsOf(state("a", "each[0]/x", "each[1]/x", "each"), (path) => path.toUpperCase());
    expect(bars.map(({ path, depth, title }) => [path, depth, title])).toEqual([
      ["a", 0, "A"],
      ["each", 0, "EACH"],
      ["each[0]", 1, "Round 1"],
      ["each[0]/x", 2, "EACH/X"],
      ["each[1]", 1, "Round 2"],
      ["each[1]/x", 2, "EACH/X"],
    ]);
  });

  it("knows what lies around", () => {
    expect(groupsAround("a[1]/t.catch/x")).toEqual(["a", "a[1]", "a[1]/t"]);
    expect(groupsAround("try/x")).toEqual(["try"]);
  });

  it("has round marks", () => expect(marksOf(1000)).toEqual([0, 200, 400, 600, 800, 1000]));
});
