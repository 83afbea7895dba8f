// A list of runs, as what has just happened makes it.
import type { InfiniteData } from "@tanstack/react-query";
import type { RunPage, RunSummary } from "@/api/runs";
import type { LiveEvent } from "@/live/event";

export interface Applied<Param> {
  data: InfiniteData<RunPage, Param>;
  /** Something happened that the list cannot know all of: a run it does not have, a gap in the stream. */
  isBehind: boolean;
}

export function applyEvents<Param>(data: InfiniteData<RunPage, Param>, events: readonly LiveEvent[]): Applied<Param> {
  const known = new Set(data.pages.flatMap((page) => page.items.map((run) => run.id)));
  const byRun = new Map<string, LiveEvent[]>();
  let isBehind = false;
  for (const event of events) {
    if (event.type === "stream.reset") isBehind = true;
    if (event.run_id === null || !event.type.startsWith("run.")) continue;
    if (!known.has(event.run_id)) {
      isBehind = true;
      continue;
    }
    // It says which version it is of, not that one's number.
    if (event.type === "run.moved") isBehind = true;
    byRun.set(event.run_id, [...(byRun.get(event.run_id) ?? []), event]);
  }
  if (byRun.size === 0) return { data, isBehind };
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.map((run) => (byRun.get(run.id) ?? []).reduce(applyEvent, run)),
  }));
  return { data: { ...data, pages }, isBehind };
}

function applyEvent(run: RunSummary, event: LiveEvent): RunSummary {
  switch (event.type) {
    case "run.started":
    case "run.resumed":
      return { ...run, status: "running", wake_at: null };
    case "run.suspended":
      return { ...run, status: "suspended", wake_at: event.data.until };
    case "run.moved":
      return { ...run, version: event.data.version, version_number: null };
    case "run.finished": {
      const { status, error } = event.data;
      const took = Date.parse(event.at) - Date.parse(run.created_at);
      return {
        ...run,
        status,
        finished_at: event.at,
        duration_ms: run.duration_ms ?? Math.max(0, took),
        wake_at: null,
        error: error === null ? null : { ...error, details: error.details ?? {} },
      };
    }
    default:
      return run;
  }
}
