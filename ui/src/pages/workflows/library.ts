// The list of workflows, as its address has it: what is looked for, in what order, and how it is shown.
import type { LibraryFilter, WorkflowSort } from "@/api/library";
import type { Workflow } from "@/api/workflows";

export type View = "cards" | "list";
export type Shelf = "all" | "mine" | "bin";

export interface Library {
  search: string;
  tag: string | null;
  sort: WorkflowSort;
  shelf: Shelf;
  view: View;
}

export const SORTS: readonly { value: WorkflowSort; label: string }[] = [
  { value: "-updated", label: "Changed last" },
  { value: "updated", label: "Changed first" },
  { value: "name", label: "Name, A to Z" },
  { value: "-name", label: "Name, Z to A" },
];

const DEFAULTS: Library = { search: "", tag: null, sort: "-updated", shelf: "all", view: "cards" };

export function readLibrary(query: URLSearchParams): Library {
  const shelf = query.get("in");
  return {
    search: query.get("search") ?? "",
    tag: query.get("tag"),
    sort: SORTS.find(({ value }) => value === query.get("sort"))?.value ?? DEFAULTS.sort,
    shelf: shelf === "mine" || shelf === "bin" ? shelf : "all",
    view: query.get("view") === "list" ? "list" : "cards",
  };
}

export function writeLibrary({ search, tag, sort, shelf, view }: Library): URLSearchParams {
  const query = new URLSearchParams();
  if (search.trim() !== "") query.set("search", search.trim());
  if (tag !== null) query.set("tag", tag);
  if (sort !== DEFAULTS.sort) query.set("sort", sort);
  if (shelf !== "all") query.set("in", shelf);
  if (view !== "cards") query.set("view", view);
  return query;
}

/** What the API is asked for; `me` is the id of whoever is signed in. */
export function filterOf({ search, tag, sort, shelf }: Library, me: string | null): LibraryFilter {
  return {
    sort,
    ...(search.trim() === "" ? {} : { search: search.trim() }),
    ...(tag === null ? {} : { tag }),
    ...(shelf === "bin" ? { deleted: true } : {}),
    ...(shelf === "mine" && me !== null ? { owner: me } : {}),
  };
}

export function isNarrowed({ search, tag }: Library): boolean {
  return search.trim() !== "" || tag !== null;
}

/** Which version a card draws, and what changes when that does. */
export function drawnVersion({ version, digest, draft }: Workflow): { version: string; stamp: string } {
  return (version ?? null) === null ? { version: "draft", stamp: `draft ${draft ?? 0}` } : { version: "latest", stamp: digest ?? "" };
}

/** `v3`, `v3 · draft`, `Draft`. */
export function versionWords({ version, draft }: Pick<Workflow, "version" | "draft">): string {
  if ((version ?? null) === null) return "Draft, not published";
  return (draft ?? null) === null ? `v${version}` : `v${version}, changed since`;
}

/** Whose it is, in the eyes of `me`; `names` knows users by id, where one may know them. */
export function ownerWords(owner: string | null | undefined, me: string | null, names: ReadonlyMap<string, string>): string {
  if (owner === null || owner === undefined) return "Everybody’s";
  if (owner === me) return "Yours";
  return names.get(owner) ?? "Shared with you";
}
