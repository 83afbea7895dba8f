import { describe, expect, it } from "vitest";
import { compareAddress } from "@/pages/deployments/address";
import { triggerWords } from "@/pages/deployments/triggers";

describe("what starts a deployment", () => {
  it.each([
    [{ type: "trigger.schedule", config: { cron: "30 8 * * *", timezone: "UTC", jitter: 0, catch_up: "last" } }, "At 08:30 · UTC"],
    [{ type: "trigger.interval", config: { seconds: 7200, aligned: false } }, "Every 2 hours"],
    [{ type: "trigger.interval", config: { seconds: 60, catch_up: "all" } }, "Every 1 minute · catch up all"],
    [{ type: "trigger.webhook", config: { path: "in", methods: ["POST"], user: null } }, 'path in · methods ["POST"]'],
  ])("%j", (trigger, words) => expect(triggerWords(trigger)).toBe(words));
});

describe("the address of a comparison", () => {
  it("hides no deployment, however it is called", () => {
    expect(compareAddress("compare")).toBe("/deployments/compare/compare");
    expect(compareAddress("a/b", "c d")).toBe("/deployments/a%2Fb/compare?with=c%20d");
  });
});
