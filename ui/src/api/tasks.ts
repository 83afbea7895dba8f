// Tasks: what a person must do before a run goes on.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Task = Model<"Task">;

/** Open tasks that whoever is signed in may answer. */
export function myTasks(limit = 50) {
  const filter = { status: "open", mine: true, limit } as const;
  return queryOptions({
    queryKey: keys.tasks.list(filter),
    queryFn: ({ signal }) => read(api.GET("/tasks", { params: { query: filter }, signal })),
  });
}
