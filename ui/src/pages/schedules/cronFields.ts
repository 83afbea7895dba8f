// A cron as its fields, and back. What it means is the server's to say.

export interface CronFields {
  /** Null: it has no seconds, and fires at the beginning of the minute. */
  second: string | null;
  minute: string;
  hour: string;
  day: string;
  month: string;
  weekday: string;
}

/** Null for what is not five or six fields, such as `@daily`. */
export function splitCron(cron: string): CronFields | null {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6) return null;
  const second = parts.length === 6 ? (parts[0] ?? "0") : null;
  const [minute = "*", hour = "*", day = "*", month = "*", weekday = "*"] = parts.slice(-5);
  return { second, minute, hour, day, month, weekday };
}

/** An empty field is any value. */
export function joinCron({ second, minute, hour, day, month, weekday }: CronFields): string {
  const fields = [minute, hour, day, month, weekday].map((field) => field.replaceAll(/\s+/g, "") || "*");
  return (second === null ? fields : [second.replaceAll(/\s+/g, "") || "0", ...fields]).join(" ");
}

/** `10` for ten seconds, `90 s`, `5m`, `1h`: seconds; null for what is no duration. */
export function secondsOf(text: string): number | null {
  const written = text.trim().toLowerCase();
  if (written === "") return 0;
  const found = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d)?$/.exec(written);
  if (found === null) return null;
  const unit = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 }[found[2] ?? "s"] ?? 1;
  return Number(found[1]) * unit;
}
