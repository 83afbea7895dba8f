// A cron in words. What it means to the minute is the server's to say: this only helps to read it.

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAY_NAMES = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const SHORT: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** To begin with. */
export const CRON_PRESETS: readonly { readonly cron: string; readonly title: string }[] = [
  { cron: "*/5 * * * *", title: "Every 5 minutes" },
  { cron: "*/15 * * * *", title: "Every 15 minutes" },
  { cron: "0 * * * *", title: "Every hour" },
  { cron: "0 9 * * *", title: "Every day at 09:00" },
  { cron: "0 9 * * MON-FRI", title: "Weekdays at 09:00" },
  { cron: "0 9 * * MON", title: "Mondays at 09:00" },
  { cron: "0 9 1 * *", title: "On the 1st of the month at 09:00" },
];

/** `At 09:30, Monday to Friday`; undefined for what cannot be put shortly, or is no cron. */
export function cronInWords(cron: string): string | undefined {
  const text = cron.trim().toLowerCase();
  const fields = (SHORT[text] ?? text).split(/\s+/);
  if (fields.length !== 5) return undefined;
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  const time = timeInWords(minute, hour);
  if (time === undefined) return undefined;
  const parts = [time];
  if (day !== "*" && weekday !== "*") return undefined;
  if (day !== "*") {
    const days = listInWords(day, (one) => (/^\d+$/.test(one) ? `the ${ordinal(Number(one))}` : undefined));
    if (days === undefined) return undefined;
    parts.push(`on ${days}${month === "*" ? " of the month" : ""}`);
  }
  if (weekday !== "*") {
    const days = listInWords(weekday, (one) => named(one, DAY_NAMES, DAYS, 0, 7));
    if (days === undefined) return undefined;
    parts.push(days);
  }
  if (month !== "*") {
    const months = listInWords(month, (one) => named(one, MONTH_NAMES, MONTHS, 1, 12));
    if (months === undefined) return undefined;
    parts.push(`in ${months}`);
  }
  return parts.join(", ");
}

function timeInWords(minute: string, hour: string): string | undefined {
  const step = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (minute === "*" && hour === "*") return "Every minute";
  if (step !== undefined && hour === "*") return step === "1" ? "Every minute" : `Every ${step} minutes`;
  if (!/^\d+$/.test(minute)) return undefined;
  if (hour === "*") return minute === "0" ? "Every hour" : `Every hour at ${minute} past`;
  const hours = /^\*\/(\d+)$/.exec(hour)?.[1];
  if (hours !== undefined) return `Every ${hours} hours at ${minute} past`;
  const times = hour.split(",");
  if (!times.every((one) => /^\d+$/.test(one))) return undefined;
  return `At ${joined(times.map((one) => `${one.padStart(2, "0")}:${minute.padStart(2, "0")}`))}`;
}

function listInWords(field: string, nameOf: (text: string) => string | undefined): string | undefined {
  const parts: string[] = [];
  for (const part of field.split(",")) {
    const [from = "", to] = part.split("-");
    const first = nameOf(from);
    const last = to === undefined ? "" : nameOf(to);
    if (first === undefined || last === undefined) return undefined;
    parts.push(last === "" ? first : `${first} to ${last}`);
  }
  return joined(parts);
}

function named(text: string, short: readonly string[], long: readonly string[], least: number, most: number) {
  const at = /^\d+$/.test(text) ? Number(text) - least : short.indexOf(text);
  if (at < 0 || at + least > most) return undefined;
  return long[at % long.length];
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function ordinal(number: number): string {
  const ending = number % 100 > 10 && number % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${ending}`;
}
