// Live streams for components. Several that follow one path share one connection.
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { ApiProblem } from "@/api/problem";
import { LiveConnection, type LiveState } from "@/live/connection";
import type { LiveEvent } from "@/live/event";

/** Everything one may see: runs as they begin, rest and end. */
export const EVERYTHING = "/events/stream";

export function runPath(id: string): string {
  return `/runs/${encodeURIComponent(id)}/events`;
}

export function deploymentPath(name: string): string {
  return `/deployments/${encodeURIComponent(name)}/events`;
}

const connections = new Map<string, LiveConnection>();
const states = new Map<string, Live>();
const watchers = new Set<() => void>();

export interface Live {
  state: LiveState;
  problem: ApiProblem | null;
}

const CONNECTING: Live = { state: "connecting", problem: null };

/**
 * Follow `path` while mounted; null follows nothing. `onEvents` gets what came since the last animation frame, in
 * order. `stream.reset` among them: load anew what was built from the stream.
 */
export function useLive(path: string | null, onEvents: (events: readonly LiveEvent[]) => void): Live {
  const take = useEffectEvent(onEvents);
  useEffect(() => (path === null ? undefined : follow(path, (events) => take(events))), [path]);
  return useSyncExternalStore(watch, () => (path === null ? null : states.get(path)) ?? CONNECTING);
}

/** Of the stream of everything, while somebody follows it; null when nobody does. */
export function useLiveState(): LiveState | null {
  return useSyncExternalStore(watch, () => states.get(EVERYTHING)?.state ?? null);
}

function follow(path: string, onEvents: (events: readonly LiveEvent[]) => void): () => void {
  const connection = connections.get(path) ?? new LiveConnection(path);
  connections.set(path, connection);
  const leave = connection.add({ onEvents, onState: (state, problem) => tell(path, { state, problem }) });
  return () => {
    leave();
    // The next to follow it loads what there is and begins now.
    if (connection.isUsed || connections.get(path) !== connection) return;
    connections.delete(path);
    tell(path, null);
  };
}

function tell(path: string, live: Live | null): void {
  const before = states.get(path);
  if (live === null) states.delete(path);
  else if (before?.state === live.state && before.problem === live.problem) return;
  else states.set(path, live);
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
