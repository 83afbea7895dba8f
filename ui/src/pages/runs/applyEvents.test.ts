import { describe, expect, it } from "vitest";
import type { RunSummary } from "@/api/runs";
import type { LiveEvent } from "@/live/event";
import { applyEvents } from "@/pages/runs/applyEvents";

function run(id: string, more: Partial<RunSummary> = {}): RunSummary {
  const always = { workflow: "orders", version: "abc", mode: "live", counters: {}, cancel_requested: false } as const;
  return { id, status: "running", created_at: "2026-01-01T00:00:00Z", ...always, ...more };
}

function event(type: string, run_id: string | null, data: object = {}): LiveEvent {
  const at = "2026-01-01T00:00:02Z";
  return { id: "1.0", type, run_id, workflow: null, deployment: null, at, path: "", data } as LiveEvent;
}

const list = (...runs: RunSummary[]) => ({ pages: [{ items: runs }], pageParams: [null] });
const runsOf = (applied: ReturnType<typeof applyEvents<null>>) => applied.data.pages.flatMap((page) => page.items);

describe("applyEvents", () => {
  it("shows what became of a run", () => {
    const error = { type: "timeout", message: "Too slow." };

    const applied = applyEvents(list(run("r1"), run("r2")), [event("run.finished", "r1", { status: "failed", error })]);

    expect(runsOf(applied)[0]).toMatchObject({ status: "failed", duration_ms: 2000, error: { message: "Too slow." } });
    expect(runsOf(applied)[1]).toEqual(run("r2"));
    expect(applied.isBehind).toBe(false);
  });

  it("takes events in their order", () => {
    const events = [event("run.suspended", "r1", { until: "2026-01-02T00:00:00Z" }), event("run.resumed", "r1")];

    expect(runsOf(applyEvents(list(run("r1")), events))[0]).toMatchObject({ status: "running", wake_at: null });
  });

  it.each([event("run.started", "r9"), event("stream.reset", null)])("is behind after $type", (news) => {
    expect(applyEvents(list(run("r1")), [news]).isBehind).toBe(true);
  });

  it("leaves the list as it is when nothing in it changed", () => {
    const data = list(run("r1"));

    expect(applyEvents(data, [event("node.completed", "r1")]).data).toBe(data);
  });
});
