// A value as rows: where each part stands, what it is, how it looks; and what is found in it.
import { isList, isObject, type Json, type JsonObject } from "@/model/json";
import { writeSegment } from "@/model/expression/scan";

export interface TreeRow {
  /** How an expression reads it: `nodes.fetch.body[0].price`. */
  readonly reference: string;
  readonly name: string;
  readonly kind: string;
  /** How it looks, on one line. */
  readonly sample: string;
  readonly depth: number;
  readonly hasParts: boolean;
}

const MOST_ROWS = 400;
const MOST_SAMPLE = 60;

export function kindOf(value: Json): string {
  if (value === null) return "null";
  if (isList(value)) return "list";
  if (isObject(value)) return "object";
  return typeof value === "string" ? "text" : typeof value;
}

export function sampleOf(value: Json, most = MOST_SAMPLE): string {
  if (isList(value)) return value.length === 1 ? "1 item" : `${value.length} items`;
  if (isObject(value)) {
    const count = Object.keys(value).length;
    return count === 1 ? "1 field" : `${count} fields`;
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** The parts of a value; of a list only the first item, for all are alike. Those inside what is not `isOpen` are left out. */
export function treeOf(
  value: Json,
  reference: string,
  name: string,
  isOpen: (reference: string, depth: number) => boolean,
): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (part: Json, at: string, called: string, depth: number): void => {
    if (rows.length >= MOST_ROWS) return;
    const parts = partsOf(part, at);
    rows.push({ reference: at, name: called, kind: kindOf(part), sample: sampleOf(part), depth, hasParts: parts.length > 0 });
    if (isOpen(at, depth)) for (const [inner, to, label] of parts) visit(inner, to, label, depth + 1);
  };
  visit(value, reference, name, 0);
  return rows;
}

function partsOf(value: Json, reference: string): [Json, string, string][] {
  if (isList(value)) {
    const [first] = value;
    return first === undefined ? [] : [[first, `${reference}[0]`, "[0]"]];
  }
  if (!isObject(value)) return [];
  return Object.entries(value).map(([key, part]) => [part, `${reference}${writeSegment(key, false)}`, key]);
}

/** What of a value holds `words`, in a name or a text; undefined if nothing does. Everything where there are none. */
export function matching(value: Json, words: string): Json | undefined {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return value;
  return partMatching(value, wanted);
}

function partMatching(value: Json, wanted: string): Json | undefined {
  if (isList(value)) {
    const items = value.flatMap((item) => partMatching(item, wanted) ?? []);
    return items.length > 0 ? items : undefined;
  }
  if (isObject(value)) {
    const found: { [key: string]: Json } = {};
    for (const [key, part] of Object.entries(value)) {
      const kept = key.toLowerCase().includes(wanted) ? part : partMatching(part, wanted);
      if (kept !== undefined) found[key] = kept;
    }
    return Object.keys(found).length > 0 ? found : undefined;
  }
  return String(value).toLowerCase().includes(wanted) ? value : undefined;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (Json | undefined)[])[];
  /** How many more rows there are. */
  readonly more: number;
}

const MOST_TABLE_ROWS = 100;
const MOST_COLUMNS = 40;

/** A value as a table: a list of objects by their fields, an object by name and value, anything else as one column. */
export function tableOf(value: Json): Table {
  if (isList(value)) {
    const shown = value.slice(0, MOST_TABLE_ROWS);
    const more = value.length - shown.length;
    const objects = shown.filter(isObject);
    if (objects.length === 0 || objects.length < shown.length) return { columns: ["value"], rows: shown.map((item) => [item]), more };
    const columns = [...new Set(objects.flatMap((item) => Object.keys(item)))].slice(0, MOST_COLUMNS);
    return { columns, rows: objects.map((item: JsonObject) => columns.map((name) => item[name])), more };
  }
  if (isObject(value)) {
    const entries = Object.entries(value);
    return {
      columns: ["name", "value"],
      rows: entries.slice(0, MOST_TABLE_ROWS),
      more: Math.max(0, entries.length - MOST_TABLE_ROWS),
    };
  }
  return { columns: ["value"], rows: [[value]], more: 0 };
}
