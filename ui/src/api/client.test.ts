import { afterEach, describe, expect, it, vi } from "vitest";
import { api, CSRF_HEADER, done, read } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { keepToken, signInAddress } from "@/api/session";

function answer(body: unknown, status = 200, headers: Record<string, string> = {}) {
  const fetch = vi.fn<(request: Request) => Promise<Response>>(async () => new Response(JSON.stringify(body), { status, headers }));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

async function refusal(work: Promise<unknown>): Promise<ApiProblem> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblem);
  return error as ApiProblem;
}

afterEach(() => keepToken(null));

describe("the API's client", () => {
  it("sends the session's token with changes and with nothing else", async () => {
    const fetch = answer({});
    keepToken("t0ken");

    await read(api.GET("/me"));
    await done(api.POST("/runs/{run_id}/cancel", { params: { path: { run_id: "r1" } } }));

    const sent = fetch.mock.calls.map(([request]) => request.headers.get(CSRF_HEADER));
    expect(sent).toEqual([null, "t0ken"]);
  });

  it("throws what was refused, with everything that was said of it", async () => {
    const issues = [{ code: "unknown_node", message: "No such node.", path: "nodes[0].type", remedy: "Choose one." }];
    answer({ code: "invalid_workflow", title: "2 problems.", remedy: "Correct them.", issues }, 422, {
      "x-request-id": "q1",
    });

    const problem = await refusal(read(api.GET("/me")));

    expect(problem).toMatchObject({ code: "invalid_workflow", message: "2 problems.", status: 422, requestId: "q1" });
    expect(problem.issues).toEqual(issues);
    expect(problem.isPassing).toBe(false);
  });

  it("makes a problem of an answer that is none of ours", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>Bad gateway", { status: 502 })));

    const problem = await refusal(read(api.GET("/me")));

    expect(problem).toMatchObject({ code: "http_502", isPassing: true });
  });

  it("says that the server cannot be reached", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));

    const problem = await refusal(read(api.GET("/me")));

    expect(problem).toMatchObject({ code: "unreachable", isPassing: true });
  });
});

describe("the way to sign in", () => {
  it.each([
    ["/", "", "/sign-in"],
    ["/w/a b/runs/r1", "?node=x&y=1", "/sign-in?next=%2Fw%2Fa%20b%2Fruns%2Fr1%3Fnode%3Dx%26y%3D1"],
  ])("leads back to %s%s", (pathname, search, address) => {
    expect(signInAddress({ pathname, search })).toBe(address);
  });
});
