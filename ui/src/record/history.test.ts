import { describe, expect, it } from "vitest";
import type { LiveEvent } from "@/live/event";
import { applyAll, containersOf, NOTHING_YET } from "@/record/history";
import { countBy, Recording, stepFrom } from "@/record/recording";

let count = 0;
function event(type: string, path = "", data: object = {}, second = 0): LiveEvent {
  count += 1;
  const at = new Date(Date.UTC(2026, 2, 1, 8, 0, second)).toISOString();
  return { id: `1.${count}`, type, run_id: "r", workflow: "w", deployment: null, at, path, data } as unknown as LiveEvent;
}
const done = (path: string, outputs: object = {}, second = 1, took = 500) =>
  event("node.completed", path, { outputs, duration_ms: took, attempts: 1 }, second);

const STORY = [
  event("run.started", "", { version: "abc" }),
  done("a", { output: 1 }, 1),
  event("node.started", "b", { attempt: 1 }, 1),
  event("text", "b", { text: "Hel" }, 2),
  event("text", "b", { text: "lo" }, 2),
  event("node.retried", "b", { attempt: 1, error: { type: "x", message: "no" }, retry_at: null }, 3),
  event("node.started", "b", { attempt: 2 }, 4),
  event("node.failed", "b", { error: { type: "x", message: "no" }, handled: false, duration_ms: 100, attempts: 2 }, 5),
  event("run.finished", "", { status: "failed", output: null, error: { type: "x", message: "no" } }, 5),
];

describe("applyAll", () => {
  it("knows of a node only that it took so long, and so when it began", () => {
    const node = applyAll(NOTHING_YET, STORY.slice(0, 2)).nodes.get("a");
    expect(node).toMatchObject({ status: "completed", outputs: { output: 1 }, tookMs: 500 });
    expect((node?.endedAt ?? 0) - (node?.startedAt ?? 0)).toBe(500);
  });

  it("counts what a node waited, whatever it is told to have taken after that", () => {
    const waited = [event("node.started", "w", { attempt: 1 }, 1), event("node.waiting", "w", { until: null, signal: null }, 2), done("w", {}, 9, 3)];
    expect(applyAll(NOTHING_YET, waited).nodes.get("w")).toMatchObject({ status: "completed", tookMs: 8000 });
  });

  it("says what somebody said, and nothing of what it did before it ended", () => {
    const doubted = [event("progress", "p", { share: 0.4, message: "reading" }, 1), event("node.in_doubt", "p", { until: null, signal: null }, 2), event("node.resolved", "p", { outcome: "done" }, 3), done("p", {}, 3, 0)];
    expect(applyAll(NOTHING_YET, doubted).nodes.get("p")).toMatchObject({ resolved: "done", message: null, tookMs: 2000 });
  });

  it("gathers text, and begins anew with each attempt", () => {
    expect(applyAll(NOTHING_YET, STORY.slice(0, 5)).nodes.get("b")).toMatchObject({ status: "running", text: "Hello" });
    expect(applyAll(NOTHING_YET, STORY.slice(0, 7)).nodes.get("b")).toMatchObject({ text: "", retries: 1, attempt: 2 });
  });

  it("ends with the run", () => {
    const state = applyAll(NOTHING_YET, STORY);
    expect(state.status).toBe("failed");
    expect(state.nodes.get("b")).toMatchObject({ status: "failed", retries: 1, attempt: 2 });
  });

  it("forgets what failed when the run is tried again, not what succeeded", () => {
    const state = applyAll(NOTHING_YET, [...STORY, event("run.retried", "", {}, 6)]);
    expect(state.status).toBe("running");
    expect([...state.nodes.keys()]).toEqual(["a"]);
  });

  it("has a container under way when something in it is", () => {
    const state = applyAll(NOTHING_YET, [done("each[0]/in.catch/tell")]);
    expect(state.nodes.get("each")?.status).toBe("running");
    expect(state.nodes.get("each[0]/in")?.status).toBe("running");
  });

  it("leaves what it was given as it was", () => {
    const before = applyAll(NOTHING_YET, STORY.slice(0, 2));
    applyAll(before, STORY.slice(2));
    expect([...before.nodes.keys()]).toEqual(["a"]);
  });

  it("waits, is in doubt and is reset", () => {
    const waits = applyAll(NOTHING_YET, [event("node.waiting", "a", { until: null, signal: "task:7" })]);
    expect(waits.nodes.get("a")).toMatchObject({ status: "waiting", signal: "task:7" });
    const doubt = applyAll(waits, [event("node.in_doubt", "a", { until: null, signal: null })]);
    expect(doubt.nodes.get("a")?.status).toBe("in_doubt");
    expect(applyAll(doubt, [event("node.reset", "a", { version: "2" })]).nodes.size).toBe(0);
  });
});

describe("containersOf", () => {
  it.each([
    ["a", []],
    ["each[2]/send", ["each"]],
    ["try.catch/tell", ["try"]],
    ["out[1]/in[0]/x", ["out", "out[1]/in"]],
  ])("%s: %j", (path, containers) => expect(containersOf(path)).toEqual(containers));
});

describe("Recording", () => {
  it("is at any event what reading from the beginning gives, forwards and backwards", () => {
    const recording = new Recording();
    const many = Array.from({ length: 900 }, (_, at) => done(`n${at}`, { output: at }));
    recording.add([event("run.started", "", { version: "abc" }), ...many]);
    for (const at of [901, 450, 0, 399, 400, 401, 12, 900, 200]) {
      expect(recording.stateAt(at).nodes.size).toBe(Math.max(0, at - 1));
    }
    recording.add([event("node.skipped", "z")]);
    expect(recording.now().nodes.get("z")?.status).toBe("skipped");
    expect(recording.isWhole).toBe(true);
  });

  it("keeps few states of many events, and is the same at any of them", () => {
    const recording = new Recording();
    const many = Array.from({ length: 40_000 }, (_, at) => done(`n${at % 50}`, { output: at }));
    recording.add([event("run.started", "", { version: "abc" }), ...many]);
    for (const at of [40_001, 6_400, 6_401, 12_799, 1, 39_999, 25_601, 6_399]) {
      const last = recording.events[at - 1];
      expect(recording.stateAt(at).nodes.get(last?.path ?? "")?.outputs).toEqual(at === 1 ? undefined : { output: at - 2 });
    }
  });

  it("is stepped through without the pieces of text", () => {
    const recording = new Recording();
    recording.add(STORY);
    expect(stepFrom(recording, 3, 1)).toBe(6);
    expect(stepFrom(recording, 6, -1)).toBe(3);
    expect(stepFrom(recording, 9, 1)).toBe(9);
    expect(stepFrom(recording, 1, -1)).toBe(0);
  });

  it("finds what had happened by a moment", () => {
    const recording = new Recording();
    recording.add(STORY);
    expect(countBy(recording, Date.UTC(2026, 2, 1, 8, 0, 2))).toBe(5);
    expect(countBy(recording, Date.UTC(2027, 0, 1))).toBe(STORY.length);
  });
});
