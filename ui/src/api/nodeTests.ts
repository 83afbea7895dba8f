// A node tried out by itself, and its type in full: what a form and a reader need.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import type { JsonObject } from "@/model/json";

export type NodeTypeInFull = Model<"NodeTypeDetail">;
export type NodeTried = Model<"NodeTestResult">;

export function nodeTypeQuery(type: string) {
  return queryOptions({
    queryKey: keys.nodes.type(type),
    queryFn: ({ signal }) => read(api.GET("/nodes/{type}", { params: { path: { type } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: type !== "",
  });
}

export interface NodeTry {
  readonly type: string;
  readonly config: JsonObject;
  readonly inputs: JsonObject;
  readonly profiles: readonly string[];
}

export function tryNode({ type, config, inputs, profiles }: NodeTry): Promise<NodeTried> {
  return read(
    api.POST("/nodes/{type}/test", {
      params: { path: { type } },
      body: { config: { ...config }, inputs: { ...inputs }, mode: "test", profiles: [...profiles] },
    }),
  );
}

/** What a node of a run came to, whole: a run tells only how large values begin. */
export function runNodeQuery(run: string, path: string) {
  return queryOptions({
    queryKey: keys.runs.node(run, path),
    queryFn: ({ signal }) => read(api.GET("/runs/{run_id}/nodes/{path}", { params: { path: { run_id: run, path } }, signal })),
  });
}
