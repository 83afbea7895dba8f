// What is cached is read again when something happens that changes it. The frame does this for all pages.
import { useQueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import type { LiveEvent } from "@/live/event";
import { EVERYTHING, useLive, useLiveState } from "@/live/useLive";
import { useSoon } from "@/live/useSoon";

const AT_MOST_EVERY = 1_000;
const POLL_EVERY = 5_000;

/** What a run that begins, rests or ends may change. What is shown of it is read again; the rest when it is shown. */
const CHANGED_BY_RUNS = [keys.runs.under, keys.failures.all, keys.tasks.all, keys.deployments.all, keys.schedules.all, keys.runDays.all];

export function useFreshCache(): void {
  const client = useQueryClient();
  const refresh = useSoon(AT_MOST_EVERY, () => {
    for (const queryKey of CHANGED_BY_RUNS) void client.invalidateQueries({ queryKey });
    // A list of runs that is shown takes events in itself: see `pages/runs/useRuns.ts`.
    void client.invalidateQueries({ queryKey: keys.runs.lists, refetchType: "none" });
  });
  useLive(EVERYTHING, (events) => {
    if (events.some(concernsRuns)) refresh();
  });
}

function concernsRuns(event: LiveEvent): boolean {
  return event.type.startsWith("run.") || event.type === "stream.reset";
}

/** `refetchInterval` of what the stream keeps fresh: false, unless there is no stream. */
export function usePolling(): number | false {
  return useLiveState() === "open" ? false : POLL_EVERY;
}
