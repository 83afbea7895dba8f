// Runs: what is read of them and what is done to them.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { nextCursor } from "@/api/paging";

export type RunSummary = Model<"RunSummary">;
export type RunStatus = RunSummary["status"];
export type RunMode = RunSummary["mode"];
export type RunPage = Model<"RunPage">;

export const RUN_STATUSES: readonly RunStatus[] = [
  "running",
  "queued",
  "suspended",
  "completed",
  "failed",
  "cancelled",
];
export const UNDER_WAY: readonly RunStatus[] = ["running", "queued", "suspended"];

export interface RunFilter {
  workflow?: string;
  deployment?: string;
  status?: RunStatus[];
  mode?: RunMode;
  /** How the id begins. */
  id?: string;
  from?: string;
}

export const RUNS_AT_ONCE = 50;

export function runList(filter: RunFilter) {
  return infiniteQueryOptions({
    queryKey: keys.runs.list(filter),
    queryFn: ({ signal, pageParam }) =>
      read(
        api.GET("/runs", {
          params: { query: { ...filter, limit: RUNS_AT_ONCE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
  });
}

export const runsUnderWay = queryOptions({
  queryKey: keys.runs.under,
  queryFn: ({ signal }) =>
    read(api.GET("/runs", { params: { query: { status: [...UNDER_WAY], limit: 8 } }, signal })),
});

export function runDetail(id: string) {
  return queryOptions({
    queryKey: keys.runs.one(id),
    queryFn: ({ signal }) => read(api.GET("/runs/{run_id}", { params: { path: { run_id: id } }, signal })),
  });
}

export function cancelRun(id: string) {
  return read(api.POST("/runs/{run_id}/cancel", { params: { path: { run_id: id } } }));
}

export function retryRun(id: string) {
  return read(api.POST("/runs/{run_id}/retry", { params: { path: { run_id: id } } }));
}
