// Runs per day: how high each bar is, and what the chart says in words.
import type { RunDay } from "@/api/bots";
import { counted, number } from "@/format/number";

export interface Bar {
  day: string;
  total: number;
  /** From the ground up, as shares of the highest bar. */
  completed: number;
  cancelled: number;
  failed: number;
}

export function barsOf(days: readonly RunDay[]): Bar[] {
  const most = Math.max(1, ...days.map(totalOf));
  return days.map((day) => ({
    day: day.day,
    total: totalOf(day),
    completed: day.completed / most,
    cancelled: day.cancelled / most,
    failed: day.failed / most,
  }));
}

export function totalOf({ completed, failed, cancelled }: RunDay): number {
  return completed + failed + cancelled;
}

/** `412 runs in 30 days, 3 failed.` */
export function runsInWords(days: readonly RunDay[]): string {
  const total = days.reduce((sum, day) => sum + totalOf(day), 0);
  const failed = days.reduce((sum, day) => sum + day.failed, 0);
  if (total === 0) return `No runs in ${counted(days.length, "day")}`;
  return `${counted(total, "run")} in ${counted(days.length, "day")}${failed > 0 ? `, ${number(failed)} failed` : ""}`;
}

/** Of one day: `12 completed, 1 failed`. */
export function dayInWords(day: RunDay): string {
  const parts = [
    ...(day.completed > 0 ? [`${number(day.completed)} completed`] : []),
    ...(day.failed > 0 ? [`${number(day.failed)} failed`] : []),
    ...(day.cancelled > 0 ? [`${number(day.cancelled)} cancelled`] : []),
  ];
  return parts.length === 0 ? "no runs" : parts.join(", ");
}

const dayName = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

/** Days are those of UTC. */
export function nameOfDay(day: string): string {
  return dayName.format(new Date(`${day}T00:00:00Z`));
}
