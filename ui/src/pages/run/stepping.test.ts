import { describe, expect, it } from "vitest";
import { NOTHING_YET, type NodeState } from "@/record/history";
import { roundsOf } from "@/record/rounds";
import { nextFailed, roundBeside, steppingOf, steppingsOf } from "@/pages/run/stepping";

const node = (path: string, status: string) => [path, { path, status } as NodeState] as const;
const nodes = new Map([
  node("each[0]/send", "completed"),
  node("each[1]/send", "failed"),
  node("each[1]/inner[0]/a", "completed"),
  node("each[1]/inner[1]/a", "completed"),
  node("each[2]/send", "completed"),
  node("other[0]/send", "failed"),
]);
const state = { ...NOTHING_YET, nodes };
const rounds = roundsOf(nodes);

describe("stepping through rounds", () => {
  it("shows the last where none is chosen", () => {
    expect(steppingOf("each", state, rounds, {})).toEqual({ container: "each", rounds: [0, 1, 2], shown: 2, failed: [1] });
  });

  it("is of every container around a node that goes round", () => {
    const found = steppingsOf("each/inner/a", state, rounds, { each: 1, "each/inner": 0 });
    expect(found.map((one) => [one.container, one.shown, one.rounds.length])).toEqual([["each", 1, 3], ["each/inner", 0, 2]]);
  });

  it("goes no further than there are rounds", () => {
    const [last, first] = [{}, { each: 0 }].map((chosen) => steppingOf("each", state, rounds, chosen));
    expect(last && [roundBeside(last, -1), roundBeside(last, 1)]).toEqual([1, undefined]);
    expect(first && [roundBeside(first, -1), roundBeside(first, 1)]).toEqual([undefined, 1]);
  });

  it("finds what failed", () => {
    const shown = steppingOf("each", state, rounds, { each: 0 });
    expect(shown && nextFailed(shown)).toBe(1);
  });
});
