// Templates: workflows to begin with.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { nextCursor } from "@/api/paging";

export type Template = Model<"Template">;
export type TemplateDetail = Model<"TemplateDetail">;
export type Difficulty = Template["difficulty"];
export const DIFFICULTIES: readonly Difficulty[] = ["beginner", "intermediate", "advanced"];

export interface TemplateFilter {
  search?: string;
  category?: string;
  difficulty?: Difficulty;
}

export function templatePages(filter: TemplateFilter) {
  return infiniteQueryOptions({
    queryKey: keys.templates.list(filter),
    queryFn: ({ signal, pageParam }) =>
      read(
        api.GET("/templates", {
          params: { query: { ...filter, limit: 60, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
  });
}

/** Of all of them, to choose a category from. */
export const allTemplates = queryOptions({
  queryKey: keys.templates.list({ all: true }),
  queryFn: ({ signal }) => read(api.GET("/templates", { params: { query: { limit: 200 } }, signal })),
});

export function templateOne(name: string) {
  return queryOptions({
    queryKey: keys.templates.one(name),
    queryFn: ({ signal }) => read(api.GET("/templates/{name}", { params: { path: { name } }, signal })),
    staleTime: 30_000,
  });
}

export function instantiate(template: string, body: Model<"InstantiateTemplate">) {
  return read(api.POST("/templates/{name}/instantiate", { params: { path: { name: template } }, body }));
}
