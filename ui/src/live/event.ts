// What the live streams tell: one event each, by its `type`.
import type { RunStatus } from "@/api/runs";

export interface FailureData {
  type: string;
  message: string;
  node?: string | null;
  attempt?: number | null;
  details?: Record<string, unknown>;
}

interface Took {
  duration_ms: number;
  attempts: number;
}

/** What goes with each type. */
export interface LiveData {
  "run.queued": RunBegan;
  "run.started": RunBegan;
  "run.resumed": { recovered: boolean };
  "run.suspended": { until: string | null };
  "run.moved": { from: string; version: string };
  "run.finished": { status: RunStatus; output: unknown; error: FailureData | null };
  "node.started": { attempt: number };
  "node.completed": Took & { outputs: Record<string, unknown> };
  "node.failed": Took & { error: FailureData | null; handled: boolean };
  "node.skipped": Record<string, never>;
  "node.cancelled": Record<string, never>;
  "node.waiting": { until: string | null; signal: unknown };
  "node.paused": { inputs: Record<string, unknown> };
  "node.continued": { inputs: Record<string, unknown>; outputs: Record<string, unknown> | null };
  "breakpoints.changed": { breakpoints: string[]; step: boolean };
  "node.in_doubt": { until: string | null; signal: unknown };
  "node.resolved": { outcome: string };
  "node.reset": { version: string };
  "node.retried": { attempt: number; error: FailureData | null; retry_at: string | null };
  log: { level: string; message: string; data: unknown };
  text: { text: string };
  progress: { share: number | null; message: string | null };
  "stream.reset": Record<string, never>;
  "stream.closed": { code: string; message: string };
}

interface RunBegan {
  version: string;
  mode: string;
  trigger: string | null;
  parent: string | null;
  forked_from: string | null;
  input: unknown;
}

export type LiveType = keyof LiveData;

export interface LiveEventOf<Type extends LiveType> {
  /** Where it stands in the stream. */
  id: string;
  type: Type;
  run_id: string | null;
  workflow: string | null;
  deployment: string | null;
  at: string;
  /** The node's: `each[2]/send`; empty where it is about the run. */
  path: string;
  data: LiveData[Type];
}

export type LiveEvent = { [Type in LiveType]: LiveEventOf<Type> }[LiveType];

/** A value that was too large for a stream. */
export interface Truncated {
  truncated: true;
  bytes: number;
  preview: string;
}

export function isTruncated(value: unknown): value is Truncated {
  return typeof value === "object" && value !== null && "truncated" in value && value.truncated === true;
}

/** An event as it was sent; null for what is none. Types that are not known yet are kept: nobody asks for them. */
export function readEvent(text: string): LiveEvent | null {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof said !== "object" || said === null || !("type" in said) || typeof said.type !== "string") return null;
  return said as LiveEvent;
}
