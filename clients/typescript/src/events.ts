// Server-sent events over fetch, which go on where they were, should the connection break.
import { readProblem, unreachable } from "./errors.js";
import { type Call, type Transport, pause } from "./transport.js";
import type { Options } from "./types.js";

/** Something that happened: what `type` (like `node.completed`) and `data` are is told by the API's `LiveEvent`. */
export interface TreadleEvent {
  type: string;
  data: Record<string, unknown>;
  /** Where it stands in the stream. */
  id: string | null;
  run_id: string | null;
  workflow: string | null;
  deployment: string | null;
  at: string | null;
  /** The node's; empty where it is about the run. */
  path: string;
}

/** After it nothing comes, whatever was followed. */
const CLOSED = "stream.closed";
/** After it nothing comes of a run. */
const FINISHED = "run.finished";
/** Milliseconds without a connection after which a stream gives up. */
const PATIENCE = 60_000;
/** Milliseconds without a sign of life after which a connection counts as broken. */
const SILENCE = 60_000;
const PASSES = [408, 429, 500, 502, 503, 504];

const EMPTY = { data: {}, run_id: null, workflow: null, deployment: null, at: null, path: "" };

/** Makes events of a stream, wherever it was cut into pieces. */
export class EventParser {
  lastId: string | null = null;
  /** Milliseconds that the server asks to wait before one comes back. */
  wait = 0;
  private rest = "";
  private data: string[] = [];
  private id: string | null = null;

  feed(piece: string): TreadleEvent[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?=[^])/);
    this.rest = lines.pop() ?? "";
    const found: TreadleEvent[] = [];
    for (const line of lines) {
      const event = line === "" ? this.dispatch() : this.take(line);
      if (event !== null) found.push(event);
    }
    return found;
  }

  private take(line: string): null {
    const [, name = "", value = ""] = /^([^:]*):? ?([^]*)$/.exec(line) ?? [];
    if (name === "data") this.data.push(value);
    else if (name === "id" && !value.includes("\0")) this.id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.wait = Number(value);
    return null;
  }

  private dispatch(): TreadleEvent | null {
    this.lastId = this.id ?? this.lastId;
    const [text, id] = [this.data.join("\n"), this.id];
    [this.data, this.id] = [[], null];
    return text === "" ? null : { ...EMPTY, ...(JSON.parse(text) as TreadleEvent), id };
  }
}

/** `for await` over it gives each event once, in order, over as many connections as it takes. */
export class Events implements AsyncIterable<TreadleEvent> {
  /** Of the run that was started, once there is one. */
  runId: string | null = null;
  private parser = new EventParser();

  constructor(
    private readonly transport: Transport,
    private readonly call: Call,
    private readonly given: object,
    private readonly start: Call | null = null,
  ) {
    this.parser.lastId = (given as Options).lastEventId ?? null;
  }

  /** `start` starts the run; it is watched from its beginning. */
  static ofANewRun(transport: Transport, start: Call, given: object): Events {
    const watched: Call = { ...start, method: "GET", path: "/runs/{run_id}/events", query: [], body: false };
    return new Events(transport, watched, given, start);
  }

  /** Where to go on, in another process perhaps. */
  get lastEventId(): string | null {
    return this.parser.lastId;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TreadleEvent, void> {
    const request = await this.prepare();
    const isOfARun = this.call.path.includes("{run_id}");
    let lostAt = 0;
    for (let attempt = 1; ; attempt += 1) {
      const leaving = new AbortController();
      const signal = AbortSignal.any([request.signal, leaving.signal]);
      let cause: unknown = new Error("the stream ended");
      try {
        const response = await this.transport.sendOnce(this.next(request, signal));
        if (response.status === 204) return; // all of it was had before
        if (response.status !== 200 && !PASSES.includes(response.status)) throw await readProblem(response);
        if (response.ok && response.body !== null) {
          for await (const event of this.read(response.body, leaving)) {
            [attempt, lostAt] = [0, 0];
            yield event;
            if (event.type === CLOSED || (isOfARun && event.type === FINISHED)) return;
          }
        }
      } catch (error) {
        // `fetch` says so where there is no connection; the silence is our own.
        if (request.signal.aborted || !(error instanceof TypeError || leaving.signal.aborted)) throw error;
        cause = error;
      } finally {
        leaving.abort();
      }
      lostAt ||= Date.now();
      if (Date.now() - lostAt > PATIENCE) throw unreachable(this.transport.url, cause);
      await pause(Math.max(this.transport.backOff(Math.min(Math.max(attempt, 1), 5)), this.parser.wait), request.signal);
    }
  }

  private async prepare(): Promise<Request> {
    const { signal } = this.given as Options;
    if (this.start === null) return this.transport.build(this.call, this.given);
    const started = await this.transport.send<{ run_id: string }>(this.start, { ...this.given, wait: "async" });
    this.runId = started.run_id;
    const given = signal === undefined ? {} : { signal };
    return this.transport.build({ ...this.call, values: { run_id: started.run_id } }, given);
  }

  private next(request: Request, signal: AbortSignal): Request {
    const { lastId, wait } = this.parser;
    // What was cut off in the middle of an event comes again.
    this.parser = Object.assign(new EventParser(), { lastId, wait });
    const next = new Request(request, { signal });
    next.headers.set("Accept", "text/event-stream");
    if (lastId !== null) next.headers.set("Last-Event-ID", lastId);
    this.transport.sign(next);
    return next;
  }

  private async *read(body: ReadableStream<Uint8Array>, leaving: AbortController): AsyncGenerator<TreadleEvent, void> {
    const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
    try {
      for (;;) {
        const timer = setTimeout(() => leaving.abort(new TypeError("the stream went silent")), SILENCE);
        const { done, value } = await reader.read().finally(() => clearTimeout(timer));
        if (done) return;
        yield* this.parser.feed(value);
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }
}
