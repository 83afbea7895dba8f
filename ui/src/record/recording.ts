// All that is known of what happened in a run, and the run as it stood after any of it.
import type { LiveEvent } from "@/live/event";
import { applyAll, NOTHING_YET, type RunState } from "@/record/history";

/** How far apart states are kept at first, and how many of them: with more they are kept twice as far apart. */
const FIRST_EVERY = 200;
const MOST_KEPT = 32;

/** All events of a run, and its state after any of them. Only grows. */
export class Recording {
  readonly events: LiveEvent[] = [];
  /** The places of those events that one steps through: pieces of text and progress are not among them. */
  readonly steps: number[] = [];
  private every = FIRST_EVERY;
  private snapshots: RunState[] = [NOTHING_YET];
  private last: { count: number; state: RunState } = { count: 0, state: NOTHING_YET };

  /** Whether it has the run's beginning. */
  get isWhole(): boolean {
    const first = this.events[0]?.type;
    return first === "run.queued" || first === "run.started";
  }

  add(events: readonly LiveEvent[]): void {
    for (const event of events) {
      if (event.type === "stream.closed" || event.type === "stream.reset") continue;
      if (event.type !== "text" && event.type !== "progress") this.steps.push(this.events.length);
      this.events.push(event);
    }
  }

  /** After the first `count` events. */
  stateAt(count: number): RunState {
    if (count === this.last.count) return this.last.state;
    let [from, state] = [this.last.count, this.last.state];
    const block = Math.min(Math.floor(count / this.every), this.snapshots.length - 1);
    const kept = block * this.every;
    if (count < from || kept > from) [from, state] = [kept, this.snapshots[block] ?? NOTHING_YET];
    while (from < count) {
      const to = Math.min(count, (Math.floor(from / this.every) + 1) * this.every);
      state = applyAll(state, this.events.slice(from, to));
      from = to;
      if (from === this.snapshots.length * this.every) this.keep(state);
    }
    this.last = { count, state };
    return state;
  }

  private keep(state: RunState): void {
    this.snapshots.push(state);
    if (this.snapshots.length <= MOST_KEPT) return;
    this.snapshots = this.snapshots.filter((_, index) => index % 2 === 0);
    this.every *= 2;
  }

  now(): RunState {
    return this.stateAt(this.events.length);
  }
}

/** How many events have happened after the step before, or behind, the given count. */
export function stepFrom(recording: Recording, count: number, way: 1 | -1): number {
  const ends = recording.steps.map((place) => place + 1);
  if (way === 1) return ends.find((end) => end > count) ?? recording.events.length;
  return ends.findLast((end) => end < count) ?? 0;
}

/** How many events had happened by then. */
export function countBy(recording: Recording, at: number): number {
  const next = recording.events.findIndex((event) => Date.parse(event.at) > at);
  return next < 0 ? recording.events.length : next;
}

/** How many events had happened at the one with this id; all of them where there is none. */
export function placeOf(recording: Recording, count: number, at: string | null): number {
  const found = at === null ? -1 : recording.events.findIndex((event) => event.id === at);
  return found < 0 ? count : Math.min(count, found + 1);
}
