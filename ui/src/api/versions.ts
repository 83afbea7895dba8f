// Published versions of a workflow, what is different between two, and what one says.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { nextCursor } from "@/api/paging";

export type WorkflowVersion = Model<"WorkflowVersion">;
export type WorkflowDefinition = Model<"WorkflowDefinition">;

const AT_ONCE = 50;

export function versionList(name: string) {
  return infiniteQueryOptions({
    queryKey: keys.workflows.versions(name),
    queryFn: ({ signal, pageParam }) =>
      read(
        api.GET("/workflows/{name}/versions", {
          params: { path: { name }, query: { limit: AT_ONCE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
  });
}

/** What a version or the draft says. `stamp` is what changes when it does: a digest, the draft's revision. */
export function definitionOf(name: string, version: string, stamp = "") {
  return queryOptions({
    queryKey: keys.workflows.definition(name, version, stamp),
    queryFn: ({ signal }) =>
      read(api.GET("/workflows/{name}/versions/{version}", { params: { path: { name, version } }, signal })),
    // A version never changes; what is latest does, and then the stamp is another.
    staleTime: stamp === "" ? 0 : Number.POSITIVE_INFINITY,
  });
}

export function rollBack(name: string, version: string, note: string) {
  const body = { version, ...(note === "" ? {} : { note }) };
  return read(api.POST("/workflows/{name}/rollback", { params: { path: { name } }, body }));
}
