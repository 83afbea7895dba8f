// API keys: one's own, and how they are made and revoked.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, done, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { nextCursor } from "@/api/paging";

export type ApiKey = Model<"Key">;
export type NewApiKey = Model<"NewKey">;

export function apiKeyList(whose: "mine" | "everybody") {
  return infiniteQueryOptions({
    queryKey: [...keys.keys.all, whose],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) };
      const path = whose === "mine" ? "/keys" : "/keys/all";
      return read(api.GET(path, { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
  });
}

/** Its text is told this once. */
export function makeApiKey(body: Model<"MakeKey">) {
  return read(api.POST("/keys", { body }));
}

export function revokeApiKey(id: string): Promise<void> {
  return done(api.DELETE("/keys/{key_id}", { params: { path: { key_id: id } } }));
}
