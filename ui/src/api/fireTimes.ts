// When a cron would fire: nothing is deployed for it.
import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { keys } from "@/api/keys";

export function fireTimesQuery(cron: string, timezone: string, count: number) {
  return queryOptions({
    queryKey: [...keys.schedules.preview(cron, timezone), count],
    queryFn: ({ signal }) => read(api.GET("/fire-times/preview", { params: { query: { cron, timezone, count } }, signal })),
    staleTime: 60_000,
    retry: false,
  });
}
