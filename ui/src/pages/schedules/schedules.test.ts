import { describe, expect, it } from "vitest";
import type { Workflow } from "@/model/workflow";
import { joinCron, secondsOf, splitCron } from "@/pages/schedules/cronFields";
import { readTiming, scheduleNode, withTiming, writeTiming } from "@/pages/schedules/saveSchedule";

describe("a cron as fields", () => {
  it.each(["30 9 * * MON-FRI", "*/5 * * * *", "15 30 9 1 JAN 1#2"])("%s goes there and back", (cron) => {
    const fields = splitCron(cron);
    expect(fields && joinCron(fields)).toBe(cron);
  });
  it("is not what has other shapes", () => {
    expect([splitCron("@daily"), splitCron(""), splitCron("1 2 3")]).toEqual([null, null, null]);
  });
  it("takes an empty field as any", () => {
    expect(joinCron({ second: null, minute: "5", hour: "", day: " ", month: "*", weekday: "MON, TUE" })).toBe("5 * * * MON,TUE");
    expect(joinCron({ second: "", minute: "5", hour: "*", day: "*", month: "*", weekday: "*" })).toBe("0 5 * * * *");
  });
});

it("a jitter is read as seconds", () => {
  expect(["", "30", "90 s", "5m", "1.5h", "soon"].map(secondsOf)).toEqual([0, 30, 90, 300, 5400, null]);
});

describe("the timing of a workflow", () => {
  const timing = { cron: "0 9 * * *", timezone: "Europe/Berlin", jitter: 30, catchUp: "skip" as const };
  const workflow: Workflow = { name: "w", nodes: [{ id: "a", type: "data.set" }], connections: [] };
  it("is written as the node's config, without what is usual", () => {
    expect(writeTiming(timing)).toEqual({ cron: "0 9 * * *", timezone: "Europe/Berlin", catch_up: "skip", jitter: 30 });
    expect(writeTiming({ ...timing, jitter: 0, catchUp: "last" })).toEqual({ cron: "0 9 * * *", timezone: "Europe/Berlin" });
    expect(readTiming(writeTiming(timing))).toEqual(timing);
  });
  it("keeps what it does not show, and a jitter as it was written", () => {
    const config = { cron: "0 9 * * *", timezone: "Europe/Berlin", jitter: "30s", catch_up: "skip", extra: 1 };
    const made = withTiming({ ...workflow, nodes: [{ id: "s", type: "trigger.schedule", config }] }, "s", { ...timing, cron: "5 5 * * *" });
    expect(made.nodes[0]?.config).toEqual({ ...config, cron: "5 5 * * *" });
  });
  it("gets a node where there is none", () => {
    const made = withTiming(workflow, null, timing);
    expect(made.nodes.map((node) => node.id)).toEqual(["schedule", "a"]);
    expect(scheduleNode(made)).toBe("schedule");
    expect(withTiming(made, "schedule", { ...timing, cron: "5 5 * * *" }).nodes[0]?.config).toMatchObject({ cron: "5 5 * * *" });
  });
});
