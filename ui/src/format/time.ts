// Times and durations for people, in their zone and their manner of writing.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** The zone that times are shown in. */
export const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Everything about a moment, for a tooltip: with seconds and zone. */
export function wholeTime(at: Date): string {
  return whole.format(at);
}

/** A moment near `now`: `14:05` today, `3 Mar, 14:05` this year, else with the year. */
export function shortTime(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return clock.format(at);
  return at.getFullYear() === now.getFullYear() ? dayAndClock.format(at) : day.format(at);
}

/** How long ago, or how soon: `12 s ago`, `in 3 min`, `2 h ago`; null beyond a day. */
export function distance(at: Date, now: Date): string | null {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const span = Math.abs(seconds);
  if (span >= DAY) return null;
  if (span < 5) return "now";
  const [count, unit] =
    span < MINUTE ? [span, "s"] : span < HOUR ? [Math.floor(span / MINUTE), "min"] : [Math.floor(span / HOUR), "h"];
  return seconds > 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

/** `0.4 ms`, `1.7 ms`, `38 ms`, `1.2 s`, `4 min 9 s`, `3 h 20 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1).replace(/\.0$/, "")} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < MINUTE) return `${Math.round(seconds)} s`;
  if (seconds < HOUR) return two(seconds, MINUTE, "min", 1, "s");
  if (seconds < DAY) return two(seconds, HOUR, "h", MINUTE, "min");
  return two(seconds, DAY, "d", HOUR, "h");
}

/** `1 s`, `48 s`, `4 min 9 s`: of what goes on, in whole seconds. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < MINUTE ? `${seconds} s` : duration(seconds * 1000);
}

function two(seconds: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const many = Math.floor(seconds / large);
  const rest = Math.floor((seconds % large) / small);
  return rest === 0 ? `${many} ${largeUnit}` : `${many} ${largeUnit} ${rest} ${smallUnit}`;
}
