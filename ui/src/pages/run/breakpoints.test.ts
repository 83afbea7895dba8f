import { expect, it } from "vitest";
import type { LiveEvent } from "@/live/event";
import { pausedNodes, toggled } from "@/pages/run/breakpoints";
import { applyAll, NOTHING_YET } from "@/record/history";

it("sets and removes a breakpoint, in whichever round it was", () => {
  expect(toggled(["a"], "b")).toEqual(["a", "b"]);
  expect(toggled(["a", "each[2]/b"], "each/b")).toEqual(["a"]);
});

const event = (type: string, path: string, data: object, second: number) =>
  ({ id: `1.${second}`, type, run_id: "r", workflow: "w", deployment: null, at: new Date(second * 1000).toISOString(), path, data }) as LiveEvent;

it("stands before what is paused, until that goes on", () => {
  const paused = [
    event("run.started", "", { version: "v" }, 1),
    event("node.paused", "late", { inputs: {} }, 3),
    event("node.paused", "early", { inputs: { value: 5 } }, 2),
  ];
  const state = applyAll(NOTHING_YET, paused);
  expect(pausedNodes(state)).toEqual(["early", "late"]);
  expect(state.nodes.get("early")).toMatchObject({ status: "paused", given: { value: 5 } });

  const on = applyAll(state, [event("node.continued", "early", { inputs: {}, outputs: null }, 4)]);
  expect(pausedNodes(on)).toEqual(["late"]);
  expect(on.nodes.get("early")).toMatchObject({ status: "running" });
});
