// One live stream, kept up: it goes on behind the last event after a break, and rests while nobody looks.
import { API } from "@/api/client";
import { type ApiProblem, readProblem } from "@/api/problem";
import { leaveToSignIn } from "@/api/session";
import { type LiveEvent, readEvent } from "@/live/event";
import { FrameParser } from "@/live/parser";

/** `resting`: the tab is hidden. `over`: nothing comes any more. `refused`: there is no such stream for us. */
export type LiveState = "connecting" | "open" | "lost" | "resting" | "over" | "refused";

export interface Listener {
  /** Everything since the last frame, in order. */
  onEvents?: (events: readonly LiveEvent[]) => void;
  onState?: (state: LiveState, problem: ApiProblem | null) => void;
}

const RESET: LiveEvent = {
  id: "",
  type: "stream.reset",
  run_id: null,
  workflow: null,
  deployment: null,
  at: "",
  path: "",
  data: {},
};
const LEAST_WAIT = 500;
const MOST_WAIT = 20_000;
/** Milliseconds without a sign of life after which a connection counts as broken: the server gives one every 15 s. */
const SILENCE = 40_000;
/** A hidden tab gives its connection back after this: a browser has six to a server, for all its tabs. */
const REST_AFTER = 20_000;
/** The longest that anything waits for a frame, of which a hidden tab has none. */
const UNSEEN = 1_000;

export class LiveConnection {
  state: LiveState = "connecting";
  problem: ApiProblem | null = null;
  private readonly listeners = new Set<Listener>();
  private leaving: AbortController | null = null;
  private lastId: string | null = null;
  private wasOpen = false;
  private attempt = 0;
  private batch: LiveEvent[] = [];
  private frame = 0;
  private unseen: ReturnType<typeof setTimeout> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private resting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly path: string) {}

  private get isOfRun(): boolean {
    return this.path.startsWith("/runs/");
  }

  get isUsed(): boolean {
    return this.listeners.size > 0;
  }

  add(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  }

  private start(): void {
    document.addEventListener("visibilitychange", this.onVisibility);
    window.addEventListener("online", this.onOnline);
    // A tab may be opened behind another.
    if (document.hidden) this.restSoon();
    this.connect();
  }

  private stop(): void {
    document.removeEventListener("visibilitychange", this.onVisibility);
    window.removeEventListener("online", this.onOnline);
    clearTimeout(this.timer);
    clearTimeout(this.resting);
    this.dropFlush();
    this.batch = [];
    this.leaving?.abort();
    this.leaving = null;
  }

  private connect(): void {
    clearTimeout(this.timer);
    this.leaving?.abort();
    const leaving = new AbortController();
    this.leaving = leaving;
    void this.follow(leaving);
  }

  private async follow(leaving: AbortController): Promise<void> {
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (this.lastId !== null) headers["Last-Event-ID"] = this.lastId;
      const response = await fetch(API + this.path, { headers, signal: leaving.signal, cache: "no-store" });
      if (response.status === 204) return this.change("over");
      if (!response.ok || response.body === null) {
        const problem = await readProblem(response);
        if (problem.status === 401) leaveToSignIn();
        if (!problem.isPassing) return this.change("refused", problem);
        throw problem;
      }
      this.attempt = 0;
      // Nothing to go on behind: what happened before is not known, but of a run, which is told from its beginning.
      if (this.lastId === null && (this.wasOpen || !this.isOfRun)) this.keep(RESET);
      this.wasOpen = true;
      this.change("open");
      if (await this.take(response.body, leaving)) return this.change("over");
    } catch {
      // The connection broke, or was never there: why does not matter, it is made again.
    }
    if (this.leaving !== leaving || leaving.signal.aborted) return;
    this.change("lost");
    const wait = Math.min(LEAST_WAIT * 2 ** this.attempt, MOST_WAIT);
    this.attempt += 1;
    // Not all at once when a server comes back.
    this.timer = setTimeout(() => this.connect(), wait * (0.5 + Math.random() / 2));
  }

  /** Read until the end; whether nothing more will come. */
  private async take(body: ReadableStream<Uint8Array>, leaving: AbortController): Promise<boolean> {
    const parser = new FrameParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    let isOver = false;
    try {
      for (;;) {
        const silence = setTimeout(() => void reader.cancel(), SILENCE);
        const { done, value } = await reader.read().finally(() => clearTimeout(silence));
        if (done || leaving.signal.aborted) return isOver;
        for (const frame of parser.feed(decoder.decode(value, { stream: true }))) {
          this.lastId = frame.id ?? this.lastId;
          const event = readEvent(frame.data);
          if (event === null) continue;
          // A run's own stream ends with its run.
          isOver ||= event.type === "run.finished" && this.isOfRun;
          this.keep(event);
        }
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  private keep(event: LiveEvent): void {
    this.batch.push(event);
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(this.flush);
    // No frame comes while the tab is hidden, and what is told all the same is not to pile up.
    this.unseen = setTimeout(this.flush, UNSEEN);
  }

  private dropFlush(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.unseen);
    this.frame = 0;
  }

  private readonly flush = (): void => {
    this.dropFlush();
    const events = this.batch;
    this.batch = [];
    if (events.length > 0) for (const listener of [...this.listeners]) listener.onEvents?.(events);
  };

  private change(state: LiveState, problem: ApiProblem | null = null): void {
    this.state = state;
    this.problem = problem;
    for (const listener of [...this.listeners]) listener.onState?.(state, problem);
  }

  private readonly onVisibility = (): void => {
    clearTimeout(this.resting);
    if (document.hidden) this.restSoon();
    else if (this.state === "resting" || this.state === "lost") {
      this.attempt = 0;
      this.change("connecting");
      this.connect();
    }
  };

  private restSoon(): void {
    this.resting = setTimeout(() => this.rest(), REST_AFTER);
  }

  private readonly onOnline = (): void => {
    if (this.state !== "lost") return;
    this.attempt = 0;
    this.connect();
  };

  private rest(): void {
    if (this.state === "over" || this.state === "refused") return;
    clearTimeout(this.timer);
    this.leaving?.abort();
    this.leaving = null;
    this.flush();
    this.change("resting");
  }
}
