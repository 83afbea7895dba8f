// The list of runs, kept up to date: by the live stream, or by asking now and then where there is none.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { allItems } from "@/api/paging";
import { type RunFilter, runList } from "@/api/runs";
import { usePolling } from "@/live/useFreshCache";
import { EVERYTHING, useLive } from "@/live/useLive";
import { useSoon } from "@/live/useSoon";
import { applyEvents } from "@/pages/runs/applyEvents";

/** Between two looks at the server for runs that are not in the list yet. */
const LOOK_EVERY = 1_500;

export function useRuns(filter: RunFilter) {
  const client = useQueryClient();
  const options = runList(filter);
  const lookSoon = useSoon(LOOK_EVERY, () => void client.invalidateQueries({ queryKey: keys.runs.list(filter) }));
  useLive(EVERYTHING, (events) => {
    const data = client.getQueryData(options.queryKey);
    if (data === undefined) return;
    const applied = applyEvents(data, events);
    if (applied.data !== data) client.setQueryData(options.queryKey, applied.data);
    // With a filter, a change may take a run out of the list, or bring one in.
    if (applied.isBehind || (filter.status !== undefined && applied.data !== data)) lookSoon();
  });
  const query = useInfiniteQuery({ ...options, refetchInterval: usePolling() });
  return { query, runs: allItems(query.data?.pages) };
}
