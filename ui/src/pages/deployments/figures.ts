// Figures of deployments, as they are written for people.
import type { Deployment, Measure } from "@/api/deployments";
import { number, share } from "@/format/number";
import { duration } from "@/format/time";

export interface Figure {
  label: string;
  value: string;
}

/** Those that a card has room for. */
export function mainFigures({ metrics, under_way, queued }: Deployment): Figure[] {
  return [
    { label: "Runs", value: number(metrics.runs) },
    { label: "Success", value: metrics.success_rate === null ? "–" : share(metrics.success_rate) },
    { label: "p95", value: metrics.p95_ms === null ? "–" : duration(metrics.p95_ms) },
    { label: queued > 0 ? "Queued" : "Under way", value: number(queued > 0 ? queued : under_way) },
  ];
}

/** The rest, for who wants to know all of it. */
export function otherFigures({ metrics, queued }: Deployment): Figure[] {
  return [
    { label: "Queued", value: number(queued) },
    { label: "Completed", value: number(metrics.completed) },
    { label: "Failed", value: number(metrics.failed) },
    { label: "Cancelled", value: number(metrics.cancelled) },
    { label: "Skipped", value: number(metrics.skipped) },
    { label: "Refused", value: number(metrics.refused) },
    { label: "Mean", value: metrics.mean_ms === null ? "–" : duration(metrics.mean_ms) },
    ...Object.entries(metrics.counters).map(([label, value]) => ({ label, value: number(value) })),
  ];
}

/** A figure of a comparison, by what it measures. */
export function measured({ name }: Pick<Measure, "name">, value: number | null): string {
  if (value === null) return "–";
  if (name.endsWith("rate")) return share(value);
  return name.endsWith(", ms") ? duration(value) : number(round(value));
}

/** Whether it gets an interval where there is enough of it: sums and percentiles do not. */
export function isJudged({ name }: Pick<Measure, "name">): boolean {
  return name.endsWith("rate") || name.startsWith("mean ");
}

/** A difference, with its sign. */
export function differed(measure: Pick<Measure, "name">, value: number | null): string {
  if (value === null) return "–";
  const sign = value > 0 ? "+" : value < 0 ? "−" : "";
  if (measure.name.endsWith("rate")) return `${sign}${number(round(Math.abs(value) * 100))} points`;
  return `${sign}${measured(measure, Math.abs(value))}`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
