// Users: who may sign in, and what they may use.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { nextCursor } from "@/api/paging";

export type User = Model<"User">;
export type Quotas = Model<"Quotas">;
export type SignInLink = Model<"SignInLink">;

const at = (name: string) => ({ params: { path: { name } } });

export const userList = infiniteQueryOptions({
  queryKey: [...keys.users.all, "list"],
  queryFn: ({ signal, pageParam }) =>
    read(
      api.GET("/users", {
        params: { query: { limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: nextCursor,
});

export function sessionsOf(name: string) {
  return queryOptions({
    queryKey: [...keys.users.all, "sessions", name],
    queryFn: ({ signal }) => read(api.GET("/users/{name}/sessions", { ...at(name), signal })),
  });
}

export function createUser(body: Model<"CreateUser">) {
  return read(api.POST("/users", { body }));
}

export function changeUser(name: string, body: Model<"ChangeUser">) {
  return read(api.PATCH("/users/{name}", { ...at(name), body }));
}

export function disableUser(name: string) {
  return read(api.POST("/users/{name}/disable", at(name)));
}

export function enableUser(name: string) {
  return read(api.POST("/users/{name}/enable", at(name)));
}

/** Signs in once, within so many seconds. */
export function makeSignInLink(name: string, seconds: number) {
  return read(api.POST("/users/{name}/sign-in-links", { ...at(name), body: { seconds } }));
}

export function endSessionsOf(name: string) {
  return read(api.DELETE("/users/{name}/sessions", at(name)));
}
