// Going from round to round of a container: which there are, which is shown, which failed.
import type { RunState } from "@/record/history";
import { type Chosen, type Rounds, runPathOf, shownRound } from "@/record/rounds";

export interface Stepping {
  /** Of the workflow. */
  readonly container: string;
  readonly rounds: readonly number[];
  /** The round that is shown. */
  readonly shown: number;
  /** Rounds in which something failed. */
  readonly failed: readonly number[];
}

/** The containers that go round, of those around a node and itself, outermost first. */
export function steppingsOf(nodePath: string, state: RunState, rounds: Rounds, chosen: Chosen): Stepping[] {
  const parts = nodePath.split("/");
  return parts.flatMap((_, index): Stepping[] => {
    const container = parts.slice(0, index + 1).join("/");
    const stepping = steppingOf(container, state, rounds, chosen);
    return stepping === undefined ? [] : [stepping];
  });
}

export function steppingOf(container: string, state: RunState, rounds: Rounds, chosen: Chosen): Stepping | undefined {
  const runPath = runPathOf(container, rounds, chosen);
  const all = rounds.get(runPath);
  const shown = all && shownRound(all, chosen[container]);
  if (all === undefined || shown === undefined) return undefined;
  const failed = new Set<number>();
  for (const [path, node] of state.nodes) {
    if (node.status !== "failed" || !path.startsWith(`${runPath}[`)) continue;
    const round = /^\[(\d+)\]/.exec(path.slice(runPath.length))?.[1];
    if (round !== undefined) failed.add(Number(round));
  }
  return { container, rounds: all, shown, failed: [...failed].toSorted((one, other) => one - other) };
}

/** The round before or after; undefined at the ends. */
export function roundBeside({ rounds, shown }: Stepping, way: 1 | -1): number | undefined {
  return rounds[rounds.indexOf(shown) + way];
}

/** The next that failed, from the beginning again after the last. */
export function nextFailed({ failed, shown }: Stepping): number | undefined {
  return failed.find((round) => round > shown) ?? failed[0];
}
