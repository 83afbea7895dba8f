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
    definition: (name: string, version: string, stamp: string) =>
      ["workflows", "one", name, "definition", version, stamp] as const,
    sharing: (name: string) => ["workflows", "one", name, "sharing"],
    /** Beside the others: what happens to a workflow does not change what one may do with it. */
    level: (name: string) => ["levels", name],
  },
  deployments: {
    all: ["deployments"],
    list: (filter: object) => ["deployments", "list", filter],
    one: (name: string) => ["deployments", "one", name],
    forEdit: (name: string) => ["deployments", "one", name, "for-edit"],
    moves: (name: string, version: string) => ["deployments", "one", name, "moves", version],
    state: (name: string) => ["deployments", "one", name, "state"],
    triggers: (name: string) => ["deployments", "one", name, "triggers"],
    compare: (one: string, other: string) => ["deployments", "compare", one, other],
  },
  /** Beside deployments: what a bot dealt is read again at its own pace. */
  bots: {
    of: (name: string) => ["bots", name],
    trades: (name: string, filter: object) => ["bots", name, "trades", filter],
    positions: (name: string) => ["bots", name, "positions"],
    orders: (name: string) => ["bots", name, "orders"],
    equity: (name: string, from: string | null) => ["bots", name, "equity", from],
  },
  backtests: {
    all: ["backtests"],
    lists: ["backtests", "list"],
    list: (filter: object) => ["backtests", "list", filter],
    one: (id: string) => ["backtests", "one", id],
    part: (id: string, part: string, of: object = {}) => ["backtests", "part", id, part, of],
    compare: (a: string, b: string) => ["backtests", "compare", a, b],
  },
  bars: { all: ["bars"], list: ["bars", "list"], downloads: ["bars", "downloads"] },
  runDays: { all: ["run-days"], of: (whose: object) => ["run-days", whose] },
  templates: {
    all: ["templates"],
    list: (filter: object) => ["templates", "list", filter],
    one: (name: string) => ["templates", "one", name],
  },
  schedules: {
    all: ["schedules"],
    list: ["schedules", "list"],
    preview: (cron: string, zone: string) => ["schedules", "preview", cron, zone],
  },
  nodes: { all: ["nodes"], types: ["nodes", "types"], type: (type: string) => ["nodes", "type", type] },
  expressions: {
    functions: ["expressions", "functions"],
    evaluated: (text: string, template: boolean, scope: object) => ["expressions", "evaluated", text, template, scope],
  },
  profiles: { all: ["profiles"] },
  secrets: { all: ["secrets"] },
  users: { all: ["users"], names: ["users", "names"] },
  teams: { all: ["teams"] },
  keys: { all: ["keys"] },
  audit: { all: ["audit"], list: (filter: object) => ["audit", "list", filter] },
} as const;
