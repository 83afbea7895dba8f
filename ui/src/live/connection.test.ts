import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveConnection, type LiveState } from "@/live/connection";
import type { LiveEvent } from "@/live/event";

const encoder = new TextEncoder();

/** A server whose answers are written by hand. */
class Streams {
  readonly asked: Headers[] = [];
  readonly open: ReadableStreamDefaultController<Uint8Array>[] = [];
  next: Response | null = null;

  readonly fetch = vi.fn((_: string, { headers, signal }: RequestInit) => {
    this.asked.push(new Headers(headers));
    if (this.next !== null) return Promise.resolve(this.next);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.open.push(controller);
        signal?.addEventListener("abort", () => controller.error(new DOMException("left", "AbortError")));
      },
    });
    return Promise.resolve(new Response(body));
  });

  tell(id: string, type: string): void {
    const event = { id, type, run_id: "r1", at: "2026-01-01T00:00:00Z", path: "", data: {} };
    this.open.at(-1)?.enqueue(encoder.encode(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`));
  }
}

function hide(hidden: boolean): void {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}

describe("LiveConnection", () => {
  let streams: Streams;
  let batches: string[][];
  let states: LiveState[];
  let leave: () => void;

  function follow(path = "/events/stream"): () => void {
    leave = new LiveConnection(path).add({
      onEvents: (events: readonly LiveEvent[]) => void batches.push(events.map((event) => event.id || event.type)),
      onState: (state) => void states.push(state),
    });
    return leave;
  }

  beforeEach(() => {
    vi.useFakeTimers();
    streams = new Streams();
    [batches, states] = [[], []];
    vi.stubGlobal("fetch", streams.fetch);
  });

  afterEach(() => {
    leave();
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("hands on what came in one frame together", async () => {
    follow();
    await vi.advanceTimersByTimeAsync(0);
    for (const id of ["1.0", "2.0", "3.0"]) streams.tell(id, "run.started");
    await vi.advanceTimersByTimeAsync(20);
    expect(batches).toEqual([["stream.reset", "1.0", "2.0", "3.0"]]);
  });

  it("comes back behind the last event after a break", async () => {
    follow();
    await vi.advanceTimersByTimeAsync(0);
    streams.tell("7.0", "run.started");
    await vi.advanceTimersByTimeAsync(20);
    streams.open[0]?.error(new TypeError("network"));
    await vi.advanceTimersByTimeAsync(600);
    expect(states).toEqual(["open", "lost", "open"]);
    expect(streams.asked.map((headers) => headers.get("last-event-id"))).toEqual([null, "7.0"]);
  });

  it("says that something may be missing when there was nothing to come back behind", async () => {
    follow("/runs/r1/events");
    await vi.advanceTimersByTimeAsync(20);
    expect(batches).toEqual([]);
    streams.open[0]?.error(new TypeError("network"));
    await vi.advanceTimersByTimeAsync(700);
    expect(batches).toEqual([["stream.reset"]]);
  });

  it("waits longer each time a server does not answer", async () => {
    streams.next = new Response("{}", { status: 503 });
    follow();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(streams.asked.length).toBeGreaterThan(3);
    expect(streams.asked.length).toBeLessThan(9);
  });

  it("does not ask again for what is refused", async () => {
    streams.next = new Response(JSON.stringify({ code: "unknown_address", title: "Nothing." }), { status: 404 });
    follow();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(streams.asked.length).toBe(1);
    expect(states).toEqual(["refused"]);
  });

  it("is over with its run", async () => {
    follow("/runs/r1/events");
    await vi.advanceTimersByTimeAsync(0);
    streams.tell("1.0", "run.finished");
    await vi.advanceTimersByTimeAsync(20);
    streams.open[0]?.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states).toEqual(["open", "over"]);
    expect(streams.asked.length).toBe(1);
  });

  it("gives up a connection that has gone silent", async () => {
    follow();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(streams.asked.length).toBeGreaterThan(1);
  });

  it("rests while the tab is hidden, and goes on without a gap when it is looked at again", async () => {
    follow();
    await vi.advanceTimersByTimeAsync(0);
    streams.tell("3.0", "run.started");
    hide(true);
    await vi.advanceTimersByTimeAsync(21_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(streams.asked.length).toBe(1);
    hide(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(streams.asked.map((headers) => headers.get("last-event-id"))).toEqual([null, "3.0"]);
    expect(states).toEqual(["open", "resting", "connecting", "open"]);
    expect(batches.flat()).toEqual(["stream.reset", "3.0"]);
  });

  it("rests in a tab that was opened behind another", async () => {
    hide(true);
    follow();
    await vi.advanceTimersByTimeAsync(21_000);
    expect(states).toEqual(["open", "resting"]);
    hide(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(states.at(-1)).toBe("open");
  });

  it("hands on what it hears where no frame comes", async () => {
    vi.stubGlobal("requestAnimationFrame", () => 7);
    follow();
    await vi.advanceTimersByTimeAsync(0);
    streams.tell("1.0", "run.started");
    await vi.advanceTimersByTimeAsync(1_100);
    expect(batches).toEqual([["stream.reset", "1.0"]]);
    vi.unstubAllGlobals();
  });

  it("lets go when nobody follows any more", async () => {
    follow();
    await vi.advanceTimersByTimeAsync(0);
    leave();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(streams.asked.length).toBe(1);
    expect(states).toEqual(["open"]);
  });
});
