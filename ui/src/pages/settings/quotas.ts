// What the workflows of one user may use, in words and as fields.
import type { Quotas } from "@/api/users";

export type QuotaName = keyof Quotas;

export const QUOTAS: readonly { name: QuotaName; title: string; words: (count: number) => string }[] = [
  { name: "workflows", title: "Workflows", words: (count) => `${count} workflows` },
  { name: "runs_per_day", title: "Runs a day", words: (count) => `${count} runs a day` },
  { name: "concurrent_runs", title: "Runs at once", words: (count) => `${count} at once` },
  { name: "nodes", title: "Nodes of a workflow", words: (count) => `${count} nodes` },
  { name: "run_seconds", title: "Seconds of a run", words: (count) => `${count} s a run` },
];

/** `at most 5 workflows, 100 runs a day`. */
export function quotaWords(quotas: Quotas): string {
  const parts = QUOTAS.flatMap(({ name, words }) => {
    const count = quotas[name];
    return count === null || count === undefined ? [] : [words(count)];
  });
  return parts.length === 0 ? "no limits of their own" : `at most ${parts.join(", ")}`;
}

/** Null where nothing is limited: they have no quotas of their own then. */
export function quotasOf(values: Readonly<Partial<Record<QuotaName, number>>>): Quotas | null {
  const given = Object.entries(values).filter(([, count]) => count !== undefined);
  return given.length === 0 ? null : Object.fromEntries(given);
}
