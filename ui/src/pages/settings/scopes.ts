// What an API key may be narrowed to, by the role that each takes: as the server's table of actions says.
import { isAtLeast, type Role } from "@/api/me";
import leastRoles from "@/api/scopes.json";

type Name = keyof typeof leastRoles;

interface Resource {
  name: Name;
  title: string;
  /** The least role that may read anything of it, or change it; null: there is no such scope. */
  read: Role | null;
  write: Role | null;
}

const TITLES: Readonly<Record<Name, string>> = {
  workflows: "Workflows",
  runs: "Runs",
  deployments: "Deployments",
  backtests: "Backtests",
  bars: "Bars",
  schedules: "Schedules",
  tasks: "Tasks",
  signals: "Signals",
  events: "Events",
  nodes: "Node types",
  templates: "Templates",
  profiles: "Profiles and secrets by name",
  secrets: "Secrets of every run",
  me: "My account",
  keys: "My API keys",
  users: "Users",
  teams: "Teams",
  audit: "Audit log",
  system: "Installation",
};

export const RESOURCES: readonly Resource[] = (
  Object.entries(leastRoles) as [Name, { read?: Role; write?: Role }][]
).map(([name, { read = null, write = null }]) => ({ name, title: TITLES[name], read, write }));

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
