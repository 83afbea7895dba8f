// What an API key may be narrowed to: as the server's table of actions says, by the role that each takes.
import { isAtLeast, type Role } from "@/api/me";

interface Resource {
  name: string;
  title: string;
  /** The least role that may read anything of it, or change it; null: there is no such scope. */
  read: Role | null;
  write: Role | null;
}

export const RESOURCES: readonly Resource[] = [
  { name: "workflows", title: "Workflows", read: "viewer", write: "editor" },
  { name: "runs", title: "Runs", read: "viewer", write: "operator" },
  { name: "deployments", title: "Deployments", read: "viewer", write: "operator" },
  { name: "schedules", title: "Schedules", read: "viewer", write: "operator" },
  { name: "tasks", title: "Tasks", read: "viewer", write: "operator" },
  { name: "signals", title: "Signals", read: "operator", write: "operator" },
  { name: "events", title: "Events", read: null, write: "operator" },
  { name: "nodes", title: "Node types", read: "viewer", write: null },
  { name: "templates", title: "Templates", read: "viewer", write: "viewer" },
  { name: "profiles", title: "Profiles and secrets by name", read: "operator", write: "editor" },
  { name: "secrets", title: "Secrets of every run", read: null, write: "admin" },
  { name: "me", title: "My account", read: "viewer", write: "viewer" },
  { name: "keys", title: "My API keys", read: null, write: "viewer" },
  { name: "users", title: "Users", read: "viewer", write: "admin" },
  { name: "teams", title: "Teams", read: null, write: "admin" },
  { name: "audit", title: "Audit log", read: "admin", write: null },
  { name: "system", title: "Installation", read: "admin", write: "admin" },
];

export type Reach = "none" | "read" | "write";
export type Reaches = Readonly<Record<string, Reach>>;

/** How far a key of `role` may reach into a resource. */
export function reachesOf(resource: Resource, role: Role): Reach[] {
  const may = (least: Role | null) => least !== null && isAtLeast(role, least);
  return ["none", ...(may(resource.read) ? (["read"] as const) : []), ...(may(resource.write) ? (["write"] as const) : [])];
}

/** `write` holds `read` where there is one. */
export function scopesOf(reaches: Reaches): string[] {
  return Object.entries(reaches)
    .filter(([, reach]) => reach !== "none")
    .map(([name, reach]) => `${name}:${reach}`)
    .toSorted();
}
