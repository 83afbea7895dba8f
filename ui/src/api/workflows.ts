// Workflows: what there is of them.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Workflow = Model<"Workflow">;

export function workflowList(filter: { search?: string; limit?: number } = {}) {
  return queryOptions({
    queryKey: keys.workflows.list(filter),
    queryFn: ({ signal }) => read(api.GET("/workflows", { params: { query: filter }, signal })),
  });
}
