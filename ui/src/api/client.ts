// The API by address, typed by its document. Components use the queries of `api/<resource>.ts`, which use this.
import createClient, { type Middleware } from "openapi-fetch";
import { ApiProblem, readProblem, unreachable } from "@/api/problem";
import type { components, paths } from "@/api/schema";
import { currentToken, leaveToSignIn } from "@/api/session";

export const API = "/api/v1";
export const CSRF_HEADER = "X-Treadle-CSRF";

/** A model of the API: `Model<"RunSummary">`. */
export type Model<Name extends keyof components["schemas"]> = components["schemas"][Name];

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

const session: Middleware = {
  onRequest({ request }) {
    const token = currentToken();
    if (token !== null && !SAFE.has(request.method)) request.headers.set(CSRF_HEADER, token);
    return request;
  },
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return;
    if (response.status === 401) leaveToSignIn();
    throw await readProblem(response);
  },
  onError({ error }) {
    if (error instanceof ApiProblem || (error instanceof DOMException && error.name === "AbortError")) return;
    return unreachable(error);
  },
};

// `fetch` is looked up at each request, so that a test can stand in for it.
export const api = createClient<paths>({ baseUrl: window.location.origin + API, fetch: (request) => globalThis.fetch(request) });
api.use(session);

/** The body of an answer: `await read(api.GET("/runs"))`. Throws `ApiProblem`. */
export async function read<T>(answer: Promise<{ data?: T; error?: unknown }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new ApiProblem("empty_answer", "The server's answer has no content.", 0);
  return data;
}

/** For what answers without a body: `await done(api.DELETE(…))`. Throws `ApiProblem`. */
export async function done(answer: Promise<unknown>): Promise<void> {
  await answer;
}
