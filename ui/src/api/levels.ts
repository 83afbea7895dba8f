// What one may do with a workflow and all that is its: as far as one's role goes, and as it was shared with one.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { keys } from "@/api/keys";
import { type Role, useMe } from "@/api/me";
import type { Sharing } from "@/api/sharing";

export type Level = NonNullable<Sharing["level"]>;

const RANK: Readonly<Record<Level, number>> = { view: 0, operate: 1, edit: 2, own: 3 };
/** The most that a role may do with what is somebody else's or nobody's. */
const MOST: Readonly<Record<Role, Level>> = { viewer: "view", operator: "operate", editor: "edit", admin: "own" };
const DONE: Readonly<Record<Level, string>> = { view: "look at it", operate: "run it", edit: "change it", own: "put it away" };

/** Whether the role does not stand in the way: what it does, is not offered at all. Editors may own what they made. */
export function isOfferedTo(role: Role, least: Level): boolean {
  return RANK[least] <= RANK[MOST[role]] || (role === "editor" && least === "own");
}

/** Of a workflow whose owner is known; undefined: it has to be asked for. */
export function levelAt(me: { id: string | null | undefined; role: Role }, owner: string | null | undefined): Level | undefined {
  if (me.role === "admin" || owner === null) return MOST[me.role];
  if (owner === undefined || owner !== me.id) return undefined;
  return me.role === "editor" ? "own" : MOST[me.role];
}

/** Why who may do so much may not do this; null: they may. */
export function refusalAt(level: Level, least: Level, isEverybodys: boolean): string | null {
  if (RANK[level] >= RANK[least]) return null;
  if (isEverybodys) return "It is everybody’s: only administrators may put it away.";
  return `It is shared with you only to ${DONE[level]}. Its owner may let you ${DONE[least]}.`;
}

function levelOf(workflow: string) {
  return queryOptions({
    queryKey: keys.workflows.level(workflow),
    queryFn: async ({ signal }): Promise<{ level: Level; isEverybodys: boolean }> => {
      const { level, owner } = await read(api.GET("/workflows/{name}/sharing", { params: { path: { name: workflow } }, signal }));
      return { level: level ?? "view", isEverybodys: owner === null };
    },
    staleTime: 30_000,
    retry: false,
  });
}

export interface Leave {
  /** By the role; else nothing of it is shown. */
  isOffered: boolean;
  /** Why it cannot be done all the same; it is shown, and does nothing. */
  refusal: string | null;
}

/** `owner` where it is known: then nothing has to be asked for. */
export function useLeave(workflow: string | undefined, least: Level, owner?: string | null): Leave {
  const me = useMe();
  const offered = isOfferedTo(me.role, least);
  const known = levelAt(me, owner);
  const query = useQuery({ ...levelOf(workflow ?? ""), enabled: offered && known === undefined && workflow !== undefined });
  const found = known === undefined ? query.data : { level: known, isEverybodys: owner === null };
  if (!offered || workflow === undefined) return { isOffered: offered, refusal: null };
  if (found !== undefined) return { isOffered: true, refusal: refusalAt(found.level, least, found.isEverybodys) };
  // Where it cannot be asked, the server refuses with its own words.
  return { isOffered: true, refusal: query.error === null ? "One moment." : null };
}
