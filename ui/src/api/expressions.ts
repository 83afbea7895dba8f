// Expressions: what one comes to with given values, and the functions to write them with.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import type { JsonObject } from "@/model/json";

export type Evaluated = Model<"EvaluatedExpression">;

export const functionsQuery = queryOptions({
  queryKey: keys.expressions.functions,
  queryFn: async ({ signal }) => (await read(api.GET("/expressions/functions", { signal }))).items,
  staleTime: Number.POSITIVE_INFINITY,
});

/** `template`: text with `{{ }}` in it. */
export function evaluatedQuery(text: string, template: boolean, scope: JsonObject) {
  return queryOptions({
    queryKey: keys.expressions.evaluated(text, template, scope),
    queryFn: ({ signal }) =>
      read(api.POST("/expressions/evaluate", { body: { text, template, scope: { ...scope } }, signal })),
    // `now()` aside it comes to the same each time.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    retry: false,
  });
}
