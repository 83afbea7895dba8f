// When each node ran, as bars along one axis; the rounds of a container are grouped under it.
import { duration } from "@/format/time";
import type { NodeState, RunState } from "@/record/history";
import { nodePathOf } from "@/record/rounds";

export interface Bar {
  readonly path: string;
  readonly title: string;
  readonly status: string;
  readonly depth: number;
  /** Milliseconds of the clock. */
  readonly from: number;
  /** Null: it goes on. */
  readonly to: number | null;
  readonly waitingFrom: number | null;
  /** Of a round: there is nothing to choose. */
  readonly isGroup: boolean;
  /** Groups that it lies in, outermost first. */
  readonly groups: readonly string[];
}

const ENDED = new Set(["skipped"]);

/** By when they began, containers before what is in them. */
export function barsOf(state: RunState, titleOf: (nodePath: string) => string): Bar[] {
  const began = [...state.nodes.values()].filter((node) => node.startedAt !== null && !ENDED.has(node.status));
  const groups = new Map<string, Bar>();
  const bars = began.map((node): Bar => {
    const around = groupsAround(node.path);
    for (const [index, group] of around.entries()) takeIn(groups, group, node, around.slice(0, index));
    return {
      path: node.path,
      title: titleOf(nodePathOf(node.path)),
      status: node.status,
      depth: around.length,
      from: node.startedAt ?? 0,
      to: node.endedAt,
      waitingFrom: node.waitingSince,
      isGroup: false,
      groups: around,
    };
  });
  // A container that does not go round is no group of its own: it is a bar itself.
  const all = [...bars, ...[...groups.values()].filter((group) => !state.nodes.has(group.path))];
  const byPath = new Map(all.map((bar) => [bar.path, bar]));
  const parentOf = (bar: Bar): string => bar.groups.findLast((group) => byPath.has(group)) ?? "";
  const children = Map.groupBy(all, parentOf);
  const ordered: Bar[] = [];
  const visit = (parent: string, depth: number): void => {
    for (const bar of (children.get(parent) ?? []).toSorted(earlier)) {
      ordered.push({ ...bar, depth });
      if (bar.path !== "") visit(bar.path, depth + 1);
    }
  };
  visit("", 0);
  return ordered;
}

function earlier(one: Bar, other: Bar): number {
  const apart = one.from - other.from;
  // Of what began within a moment, that which was told of first: times are no finer than that.
  if (Math.abs(apart) > A_MOMENT) return apart;
  return (one.isGroup && other.isGroup ? roundOf(one) - roundOf(other) : 0);
}

const A_MOMENT = 2;

function roundOf(bar: Bar): number {
  return Number(/\[(\d+)\]$/.exec(bar.path)?.[1] ?? 0);
}

/** Of `each[2]/send`: the container `each`, then its round `each[2]`. */
export function groupsAround(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.flatMap((part, index) => {
    const here = [...parts.slice(0, index), part].join("/");
    const container = here.replace(/(\.(catch|finally|body))?(\[\d+\])?$/, "");
    return container === here ? [here] : /\[\d+\]$/.test(part) ? [container, here] : [container];
  });
}

function takeIn(groups: Map<string, Bar>, path: string, node: NodeState, around: readonly string[]): void {
  const before = groups.get(path);
  const from = Math.min(before?.from ?? Infinity, node.startedAt ?? Infinity);
  const to = before?.to === null || node.endedAt === null ? null : Math.max(before?.to ?? -Infinity, node.endedAt);
  const round = /\[(\d+)\]$/.exec(path)?.[1];
  const title = round === undefined ? path : `Round ${Number(round) + 1}`;
  const status = worse(before?.status, node.status);
  groups.set(path, { path, title, status, depth: around.length, from, to, waitingFrom: null, isGroup: true, groups: around });
}

const WORST = ["failed", "in_doubt", "running", "waiting", "cancelled", "completed"];

function worse(one: string | undefined, other: string): string {
  if (one === undefined) return other;
  const [a, b] = [WORST.indexOf(one), WORST.indexOf(other)];
  return b >= 0 && (a < 0 || b < a) ? other : one;
}

/** The moments at which the axis begins and ends: a long run has more bars than a call takes arguments. */
export function axisOf(bars: readonly Bar[], last: number | null, clock: number): [from: number, to: number] {
  let from = Infinity;
  for (const bar of bars) from = Math.min(from, bar.from);
  let to = Math.max(from + 1, last ?? from);
  for (const bar of bars) to = Math.max(to, bar.to ?? Math.max(clock, bar.from));
  return [from, to];
}

/** How long, where that may be next to nothing. */
export function spanText(ms: number): string {
  return ms < 0.05 ? "<0.1 ms" : duration(ms);
}

/** Round places for marks on the axis, in milliseconds from its beginning. */
export function marksOf(span: number, most = 8): number[] {
  if (span <= 0) return [0];
  const least = span / most;
  const size = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * size).find((one) => one >= least) ?? least;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step);
}
