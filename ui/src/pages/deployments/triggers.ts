// What starts a deployment, in words.
import { cronInWords } from "@/form/cron";
import { durationInWords } from "@/form/duration";

interface Trigger {
  type: string;
  config: Readonly<Record<string, unknown>>;
}

const TITLES: Readonly<Record<string, string>> = {
  "trigger.schedule": "Schedule",
  "trigger.interval": "Interval",
  "trigger.webhook": "Webhook",
  "trigger.form": "Form",
  "trigger.event": "Event",
  "trigger.failure": "Failure",
  "trigger.manual": "By hand",
  "trigger.workflow": "Another workflow",
};
/** How a trigger behaves is not what starts it; these say so little that they are left out. */
const USUAL: Readonly<Record<string, unknown>> = { catch_up: "last", jitter: 0, aligned: false };

export function triggerTitle(type: string): string {
  return TITLES[type] ?? type;
}

export function triggerWords({ type, config }: Trigger): string {
  const { cron, timezone, seconds, ...rest } = config;
  const words: string[] = [];
  if (typeof cron === "string") words.push(cronInWords(cron) ?? `By the cron ${cron}`);
  if (typeof timezone === "string") words.push(timezone);
  if (type === "trigger.interval" && typeof seconds === "number") words.push(`Every ${durationInWords(seconds)}`);
  else if (seconds !== undefined && seconds !== null) words.push(`seconds ${shown(seconds)}`);
  for (const [key, value] of Object.entries(rest)) {
    if (value !== null && value !== "" && value !== USUAL[key]) words.push(`${key.replaceAll("_", " ")} ${shown(value)}`);
  }
  return words.join(" · ");
}

export function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
