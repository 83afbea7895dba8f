// Failed runs that nobody has put aside yet, alike ones together.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type FailedGroup = Model<"FailedGroup">;

export function failureList(filter: { from?: string; limit?: number } = {}) {
  return queryOptions({
    queryKey: keys.failures.list(filter),
    queryFn: ({ signal }) => read(api.GET("/failures", { params: { query: filter }, signal })),
  });
}
