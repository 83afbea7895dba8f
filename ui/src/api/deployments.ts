// Deployments: workflows at work.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Deployment = Model<"Deployment">;

export function deploymentList(filter: { workflow?: string; limit?: number } = {}) {
  return queryOptions({
    queryKey: keys.deployments.list(filter),
    queryFn: ({ signal }) => read(api.GET("/deployments", { params: { query: filter }, signal })),
  });
}
