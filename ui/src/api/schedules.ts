// Schedules: what of the deployments runs on time, and when next.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Schedule = Model<"Schedule">;
export type FireTime = Model<"FireTime">;

export const scheduleList = queryOptions({
  queryKey: keys.schedules.list,
  queryFn: ({ signal }) => read(api.GET("/schedules", { params: { query: { limit: 200 } }, signal })),
});

/** An address has no room for a slash within a name. */
function at(name: string) {
  return { path: { name: name.replace("/", ":") } };
}

/** Also of one that rests: when it would. `stamp` is what changes when they do. */
export function fireTimesOf(name: string, count: number, stamp: string) {
  return queryOptions({
    queryKey: [...keys.schedules.all, "next", name, count, stamp],
    queryFn: ({ signal }) =>
      read(api.GET("/schedules/{name}/next", { params: { ...at(name), query: { count } }, signal })),
  });
}

export function pauseSchedule(name: string) {
  return read(api.POST("/schedules/{name}/pause", { params: at(name) }));
}

export function resumeSchedule(name: string) {
  return read(api.POST("/schedules/{name}/resume", { params: at(name) }));
}
