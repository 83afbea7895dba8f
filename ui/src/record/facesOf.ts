// What each node of the workflow shows of the run, in the rounds that are chosen.
import type { Face } from "@/components/graph/faces";
import type { DrawnNode } from "@/components/graph/sheet";
import { oneLine } from "@/format/text";
import { shortTime } from "@/format/time";
import type { NodeState, RunState } from "@/record/history";
import { preview } from "@/components/values/preview";
import { spanText } from "@/record/timeline";
import { type Chosen, roundsOf, runPathOf, shownRound } from "@/record/rounds";

/** Of a node that has not moved since, the same: a run of a thousand nodes is looked at sixty times a second. */
const known = new WeakMap<NodeState, Face>();

export function facesOf(state: RunState, nodes: readonly Pick<DrawnNode, "path" | "kind">[], chosen: Chosen): Map<string, Face> {
  const rounds = roundsOf(state.nodes);
  const faces = new Map<string, Face>();
  for (const { path, kind } of nodes) {
    if (kind === "note") continue;
    const runPath = runPathOf(path, rounds, chosen);
    const node = state.nodes.get(runPath);
    if (node === undefined) continue;
    const all = rounds.get(runPath);
    const round = all && shownRound(all, chosen[path]);
    const face = known.get(node) ?? faceOf(node);
    known.set(node, face);
    faces.set(path, all === undefined || round === undefined ? face : { ...face, rounds: `${all.indexOf(round) + 1} of ${all.length}` });
  }
  return faces;
}

export function faceOf(node: NodeState): Face {
  const line = lineOf(node);
  const values = Object.entries(node.outputs).map(([port, value]) => [port, preview(value) || "null"]);
  return {
    status: node.status,
    ...(line === undefined ? {} : { line }),
    ...(node.progress === null ? {} : { progress: node.progress }),
    ...(node.text === "" || node.status !== "running" ? {} : { text: node.text }),
    ...(node.retries === 0 ? {} : { retries: node.retries }),
    ...(values.length === 0 ? {} : { values: Object.fromEntries(values) as Record<string, string> }),
  };
}

/** A few words about how it stands. */
export function lineOf(node: NodeState): string | undefined {
  if (node.status === "failed" && node.error) return oneLine(node.error.message);
  if (node.status === "in_doubt") return "Nobody knows whether it happened";
  if (node.status === "waiting") {
    if (node.retryAt !== null) return `Tries again at ${shortTime(new Date(node.retryAt), new Date())}`;
    if (node.signal?.startsWith("task:")) return "Waits for a person";
    if (node.until !== null) return `Waits until ${shortTime(new Date(node.until), new Date())}`;
    return "Waits";
  }
  if (node.status === "paused") return "Stands at a breakpoint";
  if (node.status === "running") return node.message ?? "Running";
  if (node.status === "skipped") return "Skipped";
  return node.tookMs === null ? undefined : spanText(node.tookMs);
}
