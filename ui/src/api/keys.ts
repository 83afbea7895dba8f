// The keys of everything that is cached, by resource. `keys.runs.all` is the beginning of every other key of runs.
import type { RunFilter } from "@/api/runs";

export const keys = {
  me: ["me"],
  info: ["info"],
  runs: {
    all: ["runs"],
    lists: ["runs", "list"],
    list: (filter: RunFilter) => ["runs", "list", filter],
    under: ["runs", "under-way"],
    one: (id: string) => ["runs", "one", id],
    log: (id: string) => ["runs", "one", id, "log"],
    timeline: (id: string) => ["runs", "one", id, "timeline"],
    node: (id: string, path: string) => ["runs", "one", id, "node", path],
  },
  failures: { all: ["failures"], list: (filter: object) => ["failures", "list", filter] },
  tasks: {
    all: ["tasks"],
    list: (filter: object) => ["tasks", "list", filter],
    one: (id: string) => ["tasks", "one", id],
  },
  workflows: {
    all: ["workflows"],
    list: (filter: object) => ["workflows", "list", filter],
    one: (name: string) => ["workflows", "one", name],
    versions: (name: string) => ["workflows", "one", name, "versions"],
    diff: (name: string, before: string, after: string) => ["workflows", "one", name, "diff", before, after],
    tags: ["workflows", "tags"],
  },
  deployments: {
    all: ["deployments"],
    list: (filter: object) => ["deployments", "list", filter],
    one: (name: string) => ["deployments", "one", name],
  },
  schedules: {
    all: ["schedules"],
    list: ["schedules", "list"],
    preview: (cron: string, zone: string) => ["schedules", "preview", cron, zone],
  },
  nodes: { all: ["nodes"], types: ["nodes", "types"], type: (type: string) => ["nodes", "type", type] },
  profiles: { all: ["profiles"] },
  secrets: { all: ["secrets"] },
  users: { all: ["users"], names: ["users", "names"] },
  teams: { all: ["teams"] },
  keys: { all: ["keys"] },
  audit: { all: ["audit"], list: (filter: object) => ["audit", "list", filter] },
} as const;
