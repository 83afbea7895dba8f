// Versions in words, and the range of an address.
import type { Deployment } from "@/api/deployments";
import type { WorkflowVersion } from "@/api/versions";

/** `3..5`, `3..draft`; null for what is none. */
export function readRange(text: string): { before: string; after: string } | null {
  const [before, after, ...more] = text.split("..");
  return before && after && more.length === 0 ? { before, after } : null;
}

export function diffAddress(name: string, before: string | number, after: string | number): string {
  return `/w/${encodeURIComponent(name)}/diff/${encodeURIComponent(before)}..${encodeURIComponent(after)}`;
}

/** `Version 3`, `Draft`. */
export function versionTitle(version: string): string {
  return /^\d+$/.test(version) ? `Version ${version}` : version === "draft" ? "Draft" : version;
}

/** Who takes up a version the moment it is the latest. */
export function followersOf(deployments: readonly Deployment[]): Deployment[] {
  return deployments.filter((one) => one.version === null && one.status !== "stopped");
}

/** `2 waiting, 1 running`; empty without any. */
export function unfinishedWords(runs: WorkflowVersion["runs"]): string {
  const words: Record<string, string> = { suspended: "waiting" };
  return Object.entries(runs ?? {})
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${words[status] ?? status}`)
    .join(", ");
}
