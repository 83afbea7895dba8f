// Whose a workflow is, and with whom it is shared.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Sharing = Model<"Sharing">;
export type Share = Model<"Share">;
export type ShareKind = Share["kind"];
export type ShareLevel = Model<"ShareWith">["level"];

export function sharingOf(name: string) {
  return queryOptions({
    queryKey: keys.workflows.sharing(name),
    queryFn: ({ signal }) => read(api.GET("/workflows/{name}/sharing", { params: { path: { name } }, signal })),
  });
}

/** With whom one can share. */
export const shareNames = queryOptions({
  queryKey: keys.users.names,
  queryFn: ({ signal }) => read(api.GET("/users/names", { signal })),
});

export function shareWith(workflow: string, kind: ShareKind, name: string, level: NonNullable<ShareLevel>) {
  return read(api.PUT("/workflows/{name}/sharing", { params: { path: { name: workflow } }, body: { kind, name, level } }));
}

export function unshare(workflow: string, { kind, name }: Share) {
  const query = { kind, ...(name === "" ? {} : { with: name }) };
  return read(api.DELETE("/workflows/{name}/sharing", { params: { path: { name: workflow }, query } }));
}

/** null: to everybody. */
export function giveTo(workflow: string, to: string | null) {
  return read(api.PUT("/workflows/{name}/sharing/owner", { params: { path: { name: workflow } }, body: { to } }));
}

/** Users by their id, for who may list them. */
export const ownerNames = queryOptions({
  queryKey: [...keys.users.names, "by-id"],
  queryFn: async ({ signal }): Promise<ReadonlyMap<string, string>> => {
    const { items } = await read(api.GET("/users", { params: { query: { limit: 200 } }, signal }));
    return new Map(items.map((user) => [user.id, user.name]));
  },
  staleTime: 60_000,
});
