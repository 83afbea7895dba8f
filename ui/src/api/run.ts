// One run in full: its values, log and children, and what is done to it from the middle of it.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Run = Model<"Run">;
export type ForkBody = Model<"ForkBody">;
export type ForkPlan = Model<"ForkPlan">;
export type MovePlan = Model<"MovePlan">;
export type LogLine = Model<"LogLine">;
export type Outcome = Model<"ResolveBody">["outcome"];

const MOST_LINES = 1000;

/** What a node came to, whole. */
export function runNode(id: string, path: string) {
  return queryOptions({
    queryKey: keys.runs.node(id, path),
    queryFn: ({ signal }) =>
      read(api.GET("/runs/{run_id}/nodes/{path}", { params: { path: { run_id: id, path } }, signal })),
  });
}

/** The first lines of the log; what the stream tells of is taken from there. */
export function runLog(id: string) {
  return queryOptions({
    queryKey: keys.runs.log(id),
    queryFn: async ({ signal }): Promise<LogLine[]> => {
      const lines: LogLine[] = [];
      let cursor: string | null = null;
      do {
        const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor === null ? {} : { cursor }) };
        const page: Model<"LogPage"> = await read(
          api.GET("/runs/{run_id}/log", { params: { path: { run_id: id }, query }, signal }),
        );
        lines.push(...page.items);
        cursor = page.next ?? null;
      } while (cursor !== null && lines.length < MOST_LINES);
      return lines;
    },
  });
}

export function runChildren(id: string) {
  return queryOptions({
    queryKey: [...keys.runs.one(id), "children"],
    queryFn: ({ signal }) =>
      read(api.GET("/runs/{run_id}/children", { params: { path: { run_id: id }, query: { limit: 50 } }, signal })),
  });
}

export function runResult(id: string) {
  return queryOptions({
    queryKey: [...keys.runs.one(id), "result"],
    queryFn: ({ signal }) => read(api.GET("/runs/{run_id}/result", { params: { path: { run_id: id } }, signal })),
  });
}

export function runInput(id: string) {
  return queryOptions({
    queryKey: [...keys.runs.one(id), "input"],
    queryFn: ({ signal }) => read(api.GET("/runs/{run_id}/input", { params: { path: { run_id: id } }, signal })),
  });
}

/** Tasks of a run that wait for an answer. */
export function runTasks(id: string) {
  const filter = { run: id, status: "open", limit: 50 } as const;
  return queryOptions({
    queryKey: keys.tasks.list(filter),
    queryFn: ({ signal }) => read(api.GET("/tasks", { params: { query: filter }, signal })),
  });
}

export async function planFork(id: string, body: ForkBody, signal: AbortSignal): Promise<ForkPlan> {
  const params = { path: { run_id: id } };
  return (await read(api.POST("/runs/{run_id}/fork", { params, body: { ...body, dry_run: true }, signal }))) as ForkPlan;
}

/** The id of the new run. */
export async function forkRun(id: string, body: ForkBody): Promise<string> {
  const answer = await read(api.POST("/runs/{run_id}/fork", { params: { path: { run_id: id } }, body }));
  return "run_id" in answer ? answer.run_id : id;
}

export interface Planned {
  plan: MovePlan;
  /** What it is sent with, so that nothing else happens than was shown. */
  etag: string | null;
}

export async function planMove(id: string, version: string, signal: AbortSignal): Promise<Planned> {
  const params = { path: { run_id: id } };
  const answer = await api.POST("/runs/{run_id}/move", { params, body: { version, dry_run: true }, signal });
  return { plan: await read(Promise.resolve(answer)), etag: answer.response.headers.get("etag") };
}

export function moveRun(id: string, version: string, etag: string | null): Promise<MovePlan> {
  const params = { path: { run_id: id }, ...(etag === null ? {} : { header: { "If-Match": etag } }) };
  return read(api.POST("/runs/{run_id}/move", { params, body: { version } }));
}

/** The file of a test that expects what the run came to. */
export async function recordTest(id: string): Promise<string> {
  return String(await read(api.GET("/runs/{run_id}/test", { params: { path: { run_id: id } }, parseAs: "text" })));
}

export function signalRun(id: string, name: string, payload: unknown) {
  return read(api.POST("/runs/{run_id}/signal", { params: { path: { run_id: id } }, body: { name, payload } }));
}

export function resolveNode(id: string, node: string, outcome: Outcome, output?: unknown) {
  const body = { node, outcome, ...(output === undefined ? {} : { output }) };
  return read(api.POST("/runs/{run_id}/resolve", { params: { path: { run_id: id } }, body }));
}

/** Start it again with what it was given; the id of the new run. */
export async function runAgain(run: Run): Promise<string> {
  const given = await read(api.GET("/runs/{run_id}/input", { params: { path: { run_id: run.id } } }));
  const answer = await read(
    api.POST("/workflows/{name}/execute", {
      params: { path: { name: run.workflow } },
      body: {
        input: given.input,
        params: given.params,
        mode: run.mode,
        version: run.version,
        wait: "async",
        ...(run.trigger ? { trigger: run.trigger, fired: given.fired } : {}),
        ...(run.profiles?.length ? { profiles: run.profiles } : {}),
      } as Model<"ExecuteBody">,
    }),
  );
  return answer.run_id ?? run.id;
}
