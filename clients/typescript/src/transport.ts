// Requests sent, and sent again.
import createClient, { type Client } from "openapi-fetch";
import { TreadleApiError, readProblem, unreachable } from "./errors.js";
import { API } from "./generated/operations.js";
import type { paths } from "./generated/schema.js";
import type { FileContent, Options } from "./types.js";

/** One operation, and where its arguments go. */
export interface Call {
  method: string;
  path: string;
  values: Record<string, string>;
  query: readonly string[];
  body: boolean;
  bare: boolean;
  reads: "json" | "text" | "bytes";
  /** A body that is sent as it is, and what it is if `given` does not say. */
  content?: FileContent;
  contentType?: string;
}

/** What is sent again, and when. Every change carries an idempotency key: one whose answer was lost is not made twice. */
export interface Retries {
  /** Times that a request is sent again. */
  most: number;
  /** Seconds that a server may ask to wait. */
  longest: number;
}

export interface Connection {
  url?: string | undefined;
  key?: string | undefined;
  retries?: Partial<Retries>;
  fetch?: typeof fetch;
}

type Arguments = Options & { contentType?: string } & Record<string, unknown>;
const OPTIONS = new Set(["ifMatch", "idempotencyKey", "signal", "lastEventId", "contentType"]);
const FIRST = 200;

export class Transport {
  readonly url: string;
  readonly base: string;
  /** The API by its addresses, typed: `http.GET("/runs/{run_id}", …)`. What is refused is thrown here too. */
  readonly http: Client<paths>;
  private readonly key: string | undefined;
  private readonly retries: Retries;
  private readonly fetch: typeof fetch;

  /** Throws `TypeError` for what is no address, or an empty key: no request would get anywhere with it. */
  constructor({ url = "http://127.0.0.1:8765", key, retries, fetch: own }: Connection) {
    if (!/^https?:\/\//i.test(url.trim())) {
      throw new TypeError(`\`${url}\` is not the address of a server: it begins with \`http://\` or \`https://\`.`);
    }
    if (key?.trim() === "") {
      throw new TypeError("`key` is empty: give it an API key (`treadle key make USER NAME`), or leave it out.");
    }
    this.url = url.trim().replace(/\/+$/, "");
    this.base = this.url + API;
    this.key = key?.trim();
    this.retries = { most: 4, longest: 60, ...retries };
    this.fetch = own ?? ((input, init) => fetch(input, init));
    this.http = createClient<paths>({ baseUrl: this.base, fetch: (request) => this.sendAgain(request) });
  }

  async send<T>(call: Call, given: object): Promise<T> {
    const response = await this.sendAgain(this.build(call, given));
    if (response.status === 204) return undefined as T;
    if (call.reads === "bytes") return new Uint8Array(await response.arrayBuffer()) as T;
    const answer: unknown = call.reads === "json" ? await response.json() : await response.text();
    const etag = response.headers.get("etag");
    if (etag !== null && typeof answer === "object" && answer !== null) {
      // Beside what the server said, not among it: it is neither listed nor sent back.
      Object.defineProperty(answer, "etag", { value: etag });
    }
    return answer as T;
  }

  build(call: Call, given: object): Request {
    const said = given as Arguments;
    const url = new URL(this.base + fill(call.path, call.values));
    const body: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(said)) {
      if (OPTIONS.has(name) || value === undefined) continue;
      if (!call.query.includes(name)) body[name] = value;
      else for (const one of [value].flat()) if (one !== null) url.searchParams.append(name, String(one));
    }
    const headers = new Headers({ Accept: "application/json, */*;q=0.5" });
    if (said.ifMatch !== undefined) headers.set("If-Match", said.ifMatch);
    if (said.idempotencyKey !== undefined) headers.set("Idempotency-Key", said.idempotencyKey);
    const init: RequestInit = { method: call.method, headers, signal: said.signal ?? null };
    if (call.content !== undefined) {
      headers.set("Content-Type", said.contentType ?? call.contentType ?? "application/octet-stream");
      init.body = call.content as BodyInit;
    } else if (call.body) {
      headers.set("Content-Type", "application/json");
      init.body = JSON.stringify(call.bare ? body["body"] : body);
    }
    return new Request(url, init);
  }

  /** Throws `TreadleApiError` for what is refused, and `TreadleConnectionError` where nobody answers. */
  async sendAgain(request: Request): Promise<Response> {
    this.sign(request);
    for (let attempt = 1; ; attempt += 1) {
      let wait: number;
      try {
        const response = await this.fetch(request.clone());
        if (response.ok || response.status === 304) return response;
        const problem = await readProblem(response);
        const asked = this.whenAgain(response, problem, attempt);
        if (asked === null) throw problem;
        wait = asked;
      } catch (error) {
        if (error instanceof TreadleApiError || request.signal.aborted) throw error;
        if (attempt > this.retries.most) throw unreachable(this.url, error);
        wait = this.backOff(attempt);
      }
      await pause(wait, request.signal);
    }
  }

  /** Who asks; and of a change, which one it is. */
  sign(request: Request): void {
    if (this.key !== undefined) request.headers.set("Authorization", `Bearer ${this.key}`);
    if (request.method !== "GET" && !request.headers.has("Idempotency-Key")) {
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    }
  }

  /** One attempt, as it is. */
  sendOnce(request: Request): Promise<Response> {
    return this.fetch(request);
  }

  backOff(attempt: number): number {
    return Math.min(FIRST * 2 ** (attempt - 1), 5000) * (0.5 + Math.random() / 2);
  }

  private whenAgain(response: Response, problem: TreadleApiError, attempt: number): number | null {
    const passes = [429, 502, 503, 504].includes(response.status) || problem.code === "under_way";
    if (!passes || attempt > this.retries.most) return null;
    const asked = Number.parseFloat(response.headers.get("retry-after") ?? "");
    if (Number.isNaN(asked)) return this.backOff(attempt);
    return asked > this.retries.longest ? null : asked * 1000;
  }
}

function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === "" || value === "." || value === "..") {
      throw new TypeError(`\`${name}\` is ${JSON.stringify(value)}, which names nothing.`);
    }
    return encodeURIComponent(value);
  });
}

export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
