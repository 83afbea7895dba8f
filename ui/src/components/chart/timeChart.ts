// What a chart over time draws.

export interface TimePoint {
  at: string;
  value: string;
}

const DAY = 86_400;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const clockToSeconds = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const month = new Intl.DateTimeFormat(undefined, { month: "short", year: "numeric" });

/** What stands at the ticks (seconds) of a time axis, `step` seconds apart: no more than tells them apart. */
export function tickNames(ticks: readonly number[], step: number): string[] {
  const format = step < 60 ? clockToSeconds : step < DAY ? clock : step < 28 * DAY ? day : month;
  return ticks.map((tick) => {
    const at = new Date(tick * 1000);
    const isMidnight = step < DAY && at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0;
    return (isMidnight ? day : format).format(at);
  });
}

/** Seconds, and values: as the library takes them. */
export function toColumns(points: readonly TimePoint[]): [number[], number[]] {
  return [points.map(({ at }) => new Date(at).getTime() / 1000), points.map(({ value }) => Number(value))];
}

/** From nothing at all, where the first trade was entered: the curve begins at zero. */
export function fromZero(points: readonly TimePoint[], start: string | null): TimePoint[] {
  const first = points[0];
  if (first === undefined) return [];
  const at = start !== null && start < first.at ? start : first.at;
  return [{ at, value: "0" }, ...points];
}
