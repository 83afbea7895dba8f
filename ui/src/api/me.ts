// Who is signed in here, and what their role may do.
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { api, done, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { keepToken } from "@/api/session";

export type Me = Model<"Me">;
export type Role = Me["role"];

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ signal }) => {
    const me = await read(api.GET("/me", { signal }));
    keepToken(me.csrf);
    return me;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

const RANK: Record<Role, number> = { viewer: 0, operator: 1, editor: 2, admin: 3 };

/** Whether `role` may do what takes `least`: to hide what would be refused. The server decides. */
export function isAtLeast(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least];
}

/** `useMay("operator")`: may run, cancel, retry, answer. */
export function useMay(least: Role): boolean {
  return isAtLeast(useMe().role, least);
}

export async function signOut(): Promise<void> {
  await done(api.DELETE("/session"));
  window.location.assign("/sign-in");
}
