// The state of a run whose beginning the stream does not tell: as it was read.
import type { Model } from "@/api/client";
import type { NodeState, RunState } from "@/record/history";

export type Run = Model<"Run">;
type NodeResult = Model<"NodeResult">;

export function seedOf(run: Run): RunState {
  const waits = new Map((run.waits ?? []).map((wait) => [wait.node, wait]));
  const nodes = Object.entries(run.nodes ?? {}).map(([path, result]): [string, NodeState] => [
    path,
    nodeOf(path, result, waits.get(path)?.until ?? null, waits.get(path)?.id ?? null),
  ]);
  return {
    status: run.status,
    version: run.version,
    output: run.output,
    error: run.error ? { ...run.error, details: run.error.details ?? {} } : null,
    until: run.wake_at ?? null,
    at: Date.parse(run.finished_at ?? run.created_at),
    nodes: new Map(nodes),
  };
}

function nodeOf(path: string, result: NodeResult, until: string | null, signal: string | null): NodeState {
  const began = result.started_at ? Date.parse(result.started_at) : null;
  const ended = result.finished_at ? Date.parse(result.finished_at) : null;
  return {
    path,
    status: result.status,
    outputs: withCut(result),
    error: result.error ? { ...result.error, details: result.error.details ?? {} } : null,
    isHandled: false,
    attempt: result.attempts ?? 1,
    retries: Math.max(0, (result.attempts ?? 1) - 1),
    retryAt: null,
    until,
    signal,
    text: "",
    progress: null,
    message: null,
    given: null,
    resolved: null,
    startedAt: began,
    waitingSince: null,
    endedAt: ended,
    tookMs: ended === null ? null : (result.duration_ms ?? 0),
  };
}

/** What was cut, as a stream tells it. */
function withCut({ outputs = {}, cut = {} }: NodeResult): Record<string, unknown> {
  const short = Object.entries(cut).map(([port, { size, preview }]) => [
    port.replace(/^outputs\./, ""),
    { truncated: true, bytes: size, preview },
  ]);
  return { ...outputs, ...Object.fromEntries(short) };
}
