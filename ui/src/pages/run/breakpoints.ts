// Where a run that is debugged stops, and where it stands.
import type { RunState } from "@/record/history";
import { nodePathOf } from "@/record/rounds";

/** With or without this node; a breakpoint in one of its rounds counts as one of it. */
export function toggled(breakpoints: readonly string[], nodePath: string): string[] {
  const without = breakpoints.filter((one) => nodePathOf(one) !== nodePath);
  return without.length < breakpoints.length ? without : [...breakpoints, nodePath];
}

/** The nodes before which it stands, the one that has waited longest first. */
export function pausedNodes(state: RunState): string[] {
  return [...state.nodes.values()]
    .filter((node) => node.status === "paused")
    .toSorted((one, other) => (one.waitingSince ?? 0) - (other.waitingSince ?? 0))
    .map((node) => node.path);
}
