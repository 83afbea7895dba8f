import { describe, expect, it } from "vitest";
import type { Deployment } from "@/api/deployments";
import { changesIn, formOf, inputSchema, newForm, toNew, toUpdate } from "@/pages/deployments/form";

const deployment = {
  name: "bot",
  workflow: "watch",
  version: null,
  mode: "live",
  status: "active",
  input: { coin: "btc" },
  params: {},
  profiles: ["main"],
  limits: { concurrency: 2, rate: { number: 1, period: 60 } },
} as unknown as Deployment;

describe("a deployment's form", () => {
  it("asks for nothing but what differs", () => {
    expect(toUpdate(deployment, formOf(deployment), "keep")).toEqual({ waiting: "keep" });
    expect(toUpdate(deployment, { ...formOf(deployment), mode: "paper", times: "own" }, "keep")).toEqual({
      waiting: "keep",
      mode: "paper",
      every: "own",
    });
  });

  it("keeps the limits that it does not show", () => {
    const { limits } = toUpdate(deployment, { ...formOf(deployment), concurrency: 3 }, "keep");
    expect(limits).toEqual({ concurrency: 3, overlap: null, rate: { number: 1, period: 60 } });
  });

  it("names the version where waiting runs are to move", () => {
    expect(toUpdate(deployment, formOf(deployment), "move")).toEqual({ waiting: "move", version: "latest" });
    expect(changesIn({ waiting: "keep", every: 5, mode: "test" })).toEqual(["times", "mode"]);
  });

  it("leaves the mode of a new one to what the workflow does, unless one is chosen", () => {
    expect(toNew("watch", newForm("bot"))).not.toHaveProperty("mode");
    expect(toNew("watch", { ...newForm("bot"), mode: "live" })).toMatchObject({ mode: "live" });
  });

  it("makes a new one with the workflow's own times, unless others are given", () => {
    expect(toNew("watch", newForm("bot"))).not.toHaveProperty("every");
    expect(toNew("watch", { ...newForm("bot"), times: "every", seconds: 5 })).toMatchObject({ every: 5, version: "latest" });
  });
});

it("makes a form of a workflow's inputs, long and short", () => {
  expect(inputSchema({ inputs: { a: "string", b: { type: "number", required: true } } })).toEqual({
    type: "object",
    properties: { a: { type: "string" }, b: { type: "number" } },
  });
  expect(inputSchema({ nodes: [] })).toBeNull();
});
