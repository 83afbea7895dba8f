// JSON values as YAML text, as the docs write workflow files. Reading YAML is the work of a library, or of the server.
import { isList, isObject, type Json, type JsonObject } from "@/model/json";

const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$/;
// Words that some readers take for something else than text.
const WORDS = /^(true|false|null|yes|no|on|off)$/i;
/** What stands on one line where it fits: `{from: a.output, to: b.value}`. */
const SHORT = 100;

export function writeYaml(value: JsonObject): string {
  return Object.keys(value).length === 0 ? "{}\n" : `${block(value, 0)}\n`;
}

function block(value: Json, depth: number): string {
  const indent = "  ".repeat(depth);
  if (isList(value)) return value.map((item) => `${indent}- ${listItem(item, depth)}`).join("\n");
  if (!isObject(value)) return `${indent}${scalar(value, depth)}`;
  return Object.entries(value)
    .map(([key, item]) => `${indent}${text(key)}:${under(item, depth)}`)
    .join("\n");
}

/** What stands behind a key. */
function under(value: Json, depth: number): string {
  const flow = inline(value);
  if (flow !== undefined) return ` ${flow}`;
  if (isList(value) || isObject(value)) return `\n${block(value, depth + 1)}`;
  return ` ${scalar(value, depth + 1)}`;
}

/** What stands behind a dash: the first key of an object on the same line. */
function listItem(value: Json, depth: number): string {
  const flow = inline(value);
  if (flow !== undefined) return flow;
  if (isList(value) || isObject(value)) return block(value, depth + 1).trimStart();
  return scalar(value, depth + 1);
}

/** A small value without lists and objects of its own, on one line. */
function inline(value: Json): string | undefined {
  if (isList(value)) {
    if (value.length === 0) return "[]";
    if (value.some((item) => isList(item) || isObject(item) || isLong(item))) return undefined;
    const flow = `[${value.map((item) => scalar(item, 0)).join(", ")}]`;
    return flow.length <= SHORT ? flow : undefined;
  }
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  if (entries.length > 3 || entries.some(([, item]) => isList(item) || isObject(item) || isLong(item)))
    return undefined;
  const flow = `{${entries.map(([key, item]) => `${text(key)}: ${scalar(item, 0)}`).join(", ")}}`;
  return flow.length <= SHORT ? flow : undefined;
}

function isLong(value: Json): boolean {
  return typeof value === "string" && (value.includes("\n") || value.length > 60);
}

function scalar(value: Json, depth: number): string {
  if (typeof value === "string") return isBlockText(value) ? blockText(value, depth) : text(value);
  if (typeof value !== "number") return JSON.stringify(value);
  const written = JSON.stringify(value);
  // Without a point some readers take `1e+21` for text.
  return written.includes("e") && !written.includes(".") ? written.replace("e", ".0e") : written;
}

function text(value: string): string {
  return PLAIN.test(value) && !WORDS.test(value)
    ? value
    : JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, escaped);
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function isBlockText(value: string): boolean {
  if (!value.includes("\n") || /[^\n\x20-\x7e\u00a1-\u1fff\u2030-\ud7ff]/.test(value)) return false;
  const lines = value.replace(/\n$/, "").split("\n");
  return (
    lines[0] !== "" &&
    !/^\s/.test(lines[0] ?? " ") &&
    !value.endsWith("\n\n") &&
    lines.every((line) => !/\s$/.test(line))
  );
}

function blockText(value: string, depth: number): string {
  const indent = "  ".repeat(Math.max(1, depth));
  const lines = value.replace(/\n$/, "").split("\n");
  return `${value.endsWith("\n") ? "|" : "|-"}\n${lines.map((line) => (line === "" ? "" : indent + line)).join("\n")}`;
}
