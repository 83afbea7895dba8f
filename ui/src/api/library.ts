// What is done with whole workflows: made, copied, put away, tagged, taken in and given out.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, done, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { nextCursor } from "@/api/paging";

export type WorkflowSort = "name" | "-name" | "updated" | "-updated";
export type IfExists = "refuse" | "draft" | "skip";
export type ImportedWorkflow = Model<"ImportedWorkflow">;

export interface LibraryFilter {
  search?: string;
  tag?: string;
  owner?: string;
  deleted?: boolean;
  sort?: WorkflowSort;
}

const AT_ONCE = 60;

export function workflowPages(filter: LibraryFilter) {
  return infiniteQueryOptions({
    queryKey: keys.workflows.list({ pages: true, ...filter }),
    queryFn: ({ signal, pageParam }) =>
      read(
        api.GET("/workflows", {
          params: { query: { ...filter, limit: AT_ONCE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
  });
}

export function workflowOne(name: string) {
  return queryOptions({
    queryKey: keys.workflows.one(name),
    queryFn: async ({ signal }) => {
      const found = await read(api.GET("/workflows/{name}", { params: { path: { name } }, signal }));
      // The document says of the text form only that it is text.
      return found as Model<"WorkflowDetail">;
    },
  });
}

export const tagList = queryOptions({
  queryKey: keys.workflows.tags,
  queryFn: ({ signal }) => read(api.GET("/tags", { signal })),
});

export function createBlank(name: string, title: string) {
  const definition = { name, ...(title === "" ? {} : { title }), nodes: [], connections: [] };
  return read(api.POST("/workflows", { body: { name, definition } }));
}

export function duplicateWorkflow(name: string, copy: string) {
  return read(api.POST("/workflows/{name}/duplicate", { params: { path: { name } }, body: { name: copy } }));
}

export function deleteWorkflow(name: string): Promise<void> {
  return done(api.DELETE("/workflows/{name}", { params: { path: { name } } }));
}

export function restoreWorkflow(name: string) {
  return read(api.POST("/workflows/{name}/restore", { params: { path: { name } } }));
}

export function setTags(name: string, tags: string[]) {
  return read(api.PUT("/workflows/{name}/tags", { params: { path: { name } }, body: { tags } }));
}

/** A workflow file, or a bundle of several as `exportAll` gives it. */
export function importText(text: string, ifExists: IfExists) {
  const bundle = readBundle(text);
  const body = bundle === null ? { text, if_exists: ifExists } : { bundle, if_exists: ifExists };
  return read(api.POST("/workflows/import", { body }));
}

function readBundle(text: string): Model<"Bundle"> | null {
  try {
    const said: unknown = JSON.parse(text);
    const isBundle = typeof said === "object" && said !== null && "treadle" in said && "workflows" in said;
    return isBundle ? (said as Model<"Bundle">) : null;
  } catch {
    return null;
  }
}

/** Its file, comments and all. */
export async function exportWorkflow(name: string, version?: string): Promise<string> {
  const query = version === undefined ? {} : { version };
  return String(
    await read(api.GET("/workflows/{name}/export", { params: { path: { name }, query }, parseAs: "text" })),
  );
}

/** What is wrong with a file before it is taken in. */
export function validateText(text: string) {
  return queryOptions({
    queryKey: [...keys.workflows.all, "validate", text],
    queryFn: ({ signal }) => read(api.POST("/workflows/validate", { body: { text }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}
