// How a run stood after each of its events: a pure reading of what the stream tells.
import type { FailureData, LiveEvent } from "@/live/event";

export interface NodeState {
  /** `each[2]/send` */
  readonly path: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly error: FailureData | null;
  /** A handler took its failure. */
  readonly isHandled: boolean;
  readonly attempt: number;
  readonly retries: number;
  readonly retryAt: string | null;
  /** Until when it waits, and for what. */
  readonly until: string | null;
  readonly signal: string | null;
  readonly text: string;
  readonly progress: number | null;
  readonly message: string | null;
  /** At a breakpoint: what it would get, by input port. */
  readonly given: Readonly<Record<string, unknown>> | null;
  /** What somebody said had become of it, where it was in doubt. */
  readonly resolved: string | null;
  /** Milliseconds of the clock; null while not known. */
  readonly startedAt: number | null;
  readonly waitingSince: number | null;
  readonly endedAt: number | null;
  readonly tookMs: number | null;
}

export interface RunState {
  readonly status: string;
  readonly version: string | null;
  readonly output: unknown;
  readonly error: FailureData | null;
  readonly until: string | null;
  /** Of the last event. */
  readonly at: number | null;
  readonly nodes: ReadonlyMap<string, NodeState>;
}

export const NOTHING_YET: RunState = {
  status: "queued",
  version: null,
  output: null,
  error: null,
  until: null,
  at: null,
  nodes: new Map(),
};

const NEW: Omit<NodeState, "path"> = {
  status: "queued",
  outputs: {},
  error: null,
  isHandled: false,
  attempt: 0,
  retries: 0,
  retryAt: null,
  until: null,
  signal: null,
  text: "",
  progress: null,
  message: null,
  given: null,
  resolved: null,
  startedAt: null,
  waitingSince: null,
  endedAt: null,
  tookMs: null,
};

/** The longest text that is kept of a node that writes as it goes. */
const MOST_TEXT = 20_000;

/** The state after several events; `before` stays as it is. */
export function applyAll(before: RunState, events: readonly LiveEvent[]): RunState {
  if (events.length === 0) return before;
  const nodes = new Map(before.nodes);
  let run = before;
  for (const event of events) run = applyToRun(run, nodes, event);
  return { ...run, nodes };
}

function applyToRun(before: RunState, nodes: Map<string, NodeState>, event: LiveEvent): RunState {
  const told = Date.parse(event.at);
  const at = Number.isNaN(told) ? before.at : told;
  const run = at === before.at ? before : { ...before, at };
  switch (event.type) {
    case "run.queued":
      return { ...run, status: "queued", version: event.data.version };
    case "run.started":
      return { ...run, status: "running", version: event.data.version };
    case "run.resumed":
      return { ...run, status: "running", until: null };
    case "run.suspended":
      return { ...run, status: "suspended", until: event.data.until };
    case "run.moved":
      return { ...run, version: event.data.version };
    case "run.finished":
      closeOpen(nodes, event.data.status, at);
      return { ...run, status: event.data.status, output: event.data.output, error: event.data.error, until: null };
    default:
      if ((event.type as string) === "run.retried") {
        for (const [path, node] of nodes) if (isToBeTriedAgain(node)) nodes.delete(path);
        return { ...run, status: "running", output: null, error: null };
      }
  }
  if (event.path === "") return run;
  const node = nodes.get(event.path) ?? { ...NEW, path: event.path };
  if (event.type === "node.reset") nodes.delete(event.path);
  else {
    const next = applyToNode(node, event, at ?? 0);
    if (next === node) return run;
    nodes.set(event.path, next);
    beginContainers(nodes, event.path, next.startedAt ?? at ?? 0);
  }
  return run;
}

function isToBeTriedAgain(node: NodeState): boolean {
  return (node.status === "failed" && !node.isHandled) || node.status === "cancelled";
}

/** What was under way when the run ended is so no more. */
function closeOpen(nodes: Map<string, NodeState>, status: string, at: number | null): void {
  for (const [path, node] of nodes) {
    if (node.endedAt !== null || node.status === "in_doubt") continue;
    const outcome = status === "completed" ? "completed" : "cancelled";
    nodes.set(path, { ...node, status: outcome, endedAt: at, until: null, signal: null });
  }
}

/** A container is under way when something in it is; it is told of itself only when it is done. */
function beginContainers(nodes: Map<string, NodeState>, path: string, at: number): void {
  for (const container of containersOf(path)) {
    const known = nodes.get(container);
    if (known === undefined) nodes.set(container, { ...NEW, path: container, status: "running", startedAt: at });
    else if (known.startedAt !== null && at < known.startedAt) nodes.set(container, { ...known, startedAt: at });
  }
}

/** `a[1]/b.catch/c` is in `a[1]/b` and in `a`. */
export function containersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((part, index) => [...parts.slice(0, index), part.replace(/(\.(catch|finally|body))?(\[\d+\])?$/, "")].join("/"));
}

function applyToNode(node: NodeState, event: LiveEvent, at: number): NodeState {
  switch (event.type) {
    case "node.started":
      return {
        ...node,
        status: "running",
        attempt: event.data.attempt,
        startedAt: node.startedAt ?? at,
        retryAt: null,
        endedAt: null,
        // Each attempt writes anew.
        text: "",
        progress: null,
      };
    case "node.completed":
      return { ...ended(node, "completed", at, event.data.duration_ms), outputs: event.data.outputs, attempt: event.data.attempts, error: null };
    case "node.failed":
      return {
        ...ended(node, "failed", at, event.data.duration_ms),
        error: event.data.error,
        isHandled: event.data.handled,
        attempt: event.data.attempts,
      };
    case "node.skipped":
      return { ...ended(node, "skipped", at, 0), tookMs: null };
    case "node.cancelled":
      return ended(node, "cancelled", at, null);
    case "node.waiting":
      return { ...node, status: "waiting", ...waiting(node, event.data, at) };
    case "node.in_doubt":
      return { ...node, status: "in_doubt", ...waiting(node, event.data, at) };
    case "node.paused":
      return { ...node, status: "paused", given: event.data.inputs, startedAt: node.startedAt ?? at, waitingSince: at };
    case "node.continued":
      return { ...node, status: "running", given: null };
    case "node.resolved":
      return { ...node, status: "running", resolved: event.data.outcome };
    case "node.retried":
      return {
        ...node,
        status: "waiting",
        error: event.data.error,
        retries: node.retries + 1,
        retryAt: event.data.retry_at,
        startedAt: node.startedAt ?? at,
      };
    case "text":
      return { ...node, ...begun(node, at), text: (node.text + event.data.text).slice(-MOST_TEXT) };
    case "progress":
      return { ...node, ...begun(node, at), progress: event.data.share, message: event.data.message };
    default:
      return node;
  }
}

function begun(node: NodeState, at: number): Partial<NodeState> {
  return node.endedAt === null && node.startedAt === null ? { status: "running", startedAt: at } : {};
}

function waiting(node: NodeState, { until, signal }: { until: string | null; signal: unknown }, at: number): Partial<NodeState> {
  return {
    until,
    signal: typeof signal === "string" ? signal : null,
    startedAt: node.startedAt ?? at,
    waitingSince: node.waitingSince ?? at,
    progress: null,
  };
}

function ended(node: NodeState, status: string, at: number, told: number | null): NodeState {
  // Of what waited or was tried again, it is told how long the last of it took where another process had begun it.
  const hasWaited = node.waitingSince !== null || node.retries > 0 || node.resolved !== null;
  const took = told !== null && hasWaited && node.startedAt !== null ? Math.max(told, at - node.startedAt) : told;
  const began = took === null ? at : at - took;
  return {
    ...node,
    status,
    endedAt: at,
    tookMs: took,
    // What was seen to begin began then; of what was not, only how long it took is known.
    startedAt: node.startedAt === null ? began : Math.min(node.startedAt, began),
    until: null,
    signal: null,
    retryAt: null,
    progress: null,
    message: null,
  };
}
