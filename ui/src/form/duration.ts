// Durations as people write them: `90s`, `1h 30m`, or a number of seconds. The same as the server reads.

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const PART = /\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)/y;
const WORDS: readonly (readonly [string, number])[] = [
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** Seconds, or undefined for what is no duration. */
export function parseDuration(written: string): number | undefined {
  const text = written.trim();
  if (text === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  let seconds = 0;
  let at = 0;
  while (at < text.length) {
    PART.lastIndex = at;
    const part = PART.exec(text);
    if (part === null) return undefined;
    seconds += Number(part[1]) * (SECONDS[part[2] ?? ""] ?? 0);
    at = PART.lastIndex;
  }
  return seconds;
}

/** `1 hour 30 minutes`. */
export function durationInWords(seconds: number): string {
  if (seconds === 0) return "no time";
  if (seconds < 1) return count(Math.round(seconds * 1_000 * 1_000) / 1_000, "millisecond");
  const parts: string[] = [];
  let left = seconds;
  for (const [name, size] of WORDS) {
    const many = name === "second" ? Math.round(left * 1_000) / 1_000 : Math.floor(left / size);
    if (many > 0) parts.push(count(many, name));
    left -= many * size;
  }
  return parts.join(" ");
}

function count(many: number, name: string): string {
  return `${many} ${many === 1 ? name : `${name}s`}`;
}
