// A fire time as the clocks of a zone show it.

export const CHANGES = {
  moved: "the clocks go forward: the first moment after",
  first: "the clocks go back: the first of two such times",
  second: "the clocks go back: the second of two such times",
} as const;

/** With seconds only where there are some. */
export function timeIn(at: string, timezone: string): string {
  const moment = new Date(at);
  return formatIn(timezone, moment.getUTCSeconds() !== 0).format(moment);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timezone: string, hasSeconds: boolean): Intl.DateTimeFormat {
  const key = `${timezone} ${hasSeconds}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = make(timezone, hasSeconds);
  formats.set(key, made);
  return made;
}

function make(timezone: string, hasSeconds: boolean): Intl.DateTimeFormat {
  const shape = {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    ...(hasSeconds ? { second: "2-digit" as const } : {}),
    hourCycle: "h23",
    timeZoneName: "short",
  } as const;
  try {
    return new Intl.DateTimeFormat(undefined, { ...shape, timeZone: timezone });
  } catch {
    // A zone that the server knows and this browser does not.
    return new Intl.DateTimeFormat(undefined, { ...shape, timeZone: "UTC" });
  }
}
