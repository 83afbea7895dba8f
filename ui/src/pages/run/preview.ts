// A value in little room.
import { isTruncated } from "@/live/event";

export function preview(value: unknown, most = 40): string {
  const text = shortText(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function shortText(value: unknown): string {
  if (value === undefined) return "";
  if (isTruncated(value)) return value.preview.replaceAll(/\s+/g, " ");
  if (typeof value === "string") return value.trim().replaceAll(/\s+/g, " ") || '""';
  if (Array.isArray(value)) return value.length === 1 ? "1 item" : `${value.length} items`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).slice(0, 4);
    return `{${entries.map(([key, one]) => `${key}: ${inner(one)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

function inner(value: unknown): string {
  if (Array.isArray(value)) return "[…]";
  if (typeof value === "object" && value !== null) return "{…}";
  return typeof value === "string" ? value.slice(0, 24) : JSON.stringify(value);
}

/** Rows and columns of a value that is a list of objects, or one object; null for what is no table. */
export function tableOf(value: unknown): { columns: string[]; rows: Record<string, unknown>[] } | null {
  if (isTruncated(value)) return null;
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    const rows = value.map((one): Record<string, unknown> => (isRow(one) ? one : { value: one as unknown }));
    return { columns: [...new Set(rows.slice(0, 200).flatMap((row) => Object.keys(row)))], rows };
  }
  if (!isRow(value)) return null;
  return { columns: ["field", "value"], rows: Object.entries(value).map(([field, one]) => ({ field, value: one })) };
}

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
