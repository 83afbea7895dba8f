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

/** All of a value on one line, as far as there is room: `[{item: Loom, price: 3}]`. */
export function onOneLine(value: unknown, most: number): string {
  const text = written(value, most);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function written(value: unknown, most: number): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const parts: string[] = [];
  let length = 0;
  for (const [key, part] of Object.entries(value)) {
    const text = Array.isArray(value) ? written(part, most) : `${key}: ${written(part, most)}`;
    parts.push(text);
    length += text.length;
    if (length > most) break;
  }
  return Array.isArray(value) ? `[${parts.join(", ")}]` : `{${parts.join(", ")}}`;
}

function inner(value: unknown): string {
  if (Array.isArray(value)) return "[…]";
  if (typeof value === "object" && value !== null) return "{…}";
  return typeof value === "string" ? value.slice(0, 24) : JSON.stringify(value);
}
