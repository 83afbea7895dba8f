// What nodes wrote, narrowed by node, level and words.
import type { LogLine } from "@/api/run";
import type { LiveEvent } from "@/live/event";

export interface Line {
  readonly key: string;
  readonly at: string;
  readonly node: string;
  readonly level: string;
  readonly message: string;
  readonly data: unknown;
}

export interface LineFilter {
  readonly node: string | null;
  /** This one and worse. */
  readonly level: string | null;
  readonly search: string;
}

export const LEVELS = ["debug", "info", "warning", "error"];

/** A line is told as it is written, and after a lost connection perhaps again, as it is kept. */
export function linesOfEvents(events: readonly LiveEvent[]): Line[] {
  const told = new Set<string>();
  return events.flatMap((event): Line[] => {
    if (event.type !== "log") return [];
    const { level, message, data } = event.data;
    const what = `${event.path} ${event.at} ${message}`;
    if (told.has(what)) return [];
    told.add(what);
    return [{ key: event.id, at: event.at, node: event.path, level, message, data }];
  });
}

export function linesOfLog(lines: readonly LogLine[]): Line[] {
  return lines.map(({ id, at, node, level, message, data }) => ({ key: String(id), at, node, level, message, data }));
}

export function filterLines(lines: readonly Line[], { node, level, search }: LineFilter): Line[] {
  const least = level === null ? -1 : LEVELS.indexOf(level);
  const words = search.trim().toLowerCase();
  return lines.filter(
    (line) =>
      (node === null || line.node === node) &&
      (least < 0 || LEVELS.indexOf(line.level) >= least) &&
      (words === "" || `${line.message} ${dataText(line.data)}`.toLowerCase().includes(words)),
  );
}

export function dataText(data: unknown): string {
  if (data === null || data === undefined) return "";
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return text === "{}" ? "" : text;
}
