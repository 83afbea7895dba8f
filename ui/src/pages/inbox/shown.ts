// What of a task is shown, and how: plain functions.
import type { Task, TaskDetail, TaskShow } from "@/api/tasks";
import { initial, isObject, type Json, type JsonObject, type Schema } from "@/form/schema";

export function readShow(text: string | null): TaskShow {
  return text === "open" || text === "answered" ? text : "mine";
}

/** `value` as rows and columns, where it is a list of alike objects or one flat object; null: it is no table. */
export interface Table {
  columns: string[];
  rows: Json[][];
}

const MOST_COLUMNS = 12;

export function tableOf(value: Json): Table | null {
  if (Array.isArray(value)) {
    const objects = value.filter(isObject);
    if (value.length === 0 || objects.length < value.length) return null;
    const columns = [...new Set(objects.flatMap((one) => Object.keys(one)))];
    if (columns.length === 0 || columns.length > MOST_COLUMNS) return null;
    return { columns, rows: objects.map((one) => columns.map((name) => one[name] ?? null)) };
  }
  if (!isObject(value)) return null;
  const entries = Object.entries(value);
  return entries.length === 0 ? null : { columns: [], rows: entries.map(([name, one]) => [name, one]) };
}

/** A cell: texts as they are, everything else as JSON. */
export function cellText(value: Json): string {
  if (value === null) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What the form begins with: the defaults, and what must be there. */
export function beginning(form: Schema): JsonObject {
  const given = Object.entries(form.properties ?? {}).flatMap(([name, part]): [string, Json][] =>
    part.default === undefined ? [] : [[name, initial(part, form)]],
  );
  return Object.fromEntries(given);
}

/** Why whoever is signed in cannot answer; null: they can. */
export function refusalOf(task: TaskDetail): string | null {
  if (task.status !== "open") return "It is not open any more.";
  if (task.link) return null;
  if (task.people.length > 0) return `Only ${listed(task.people)} may answer it now.`;
  return "You may look at it, but answering takes the role operator and the right to run this workflow.";
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(names);
}

/** The task before or after `id`; the first when there is no such one. */
export function step(tasks: readonly Task[], id: string | null, by: 1 | -1): Task | undefined {
  const at = tasks.findIndex((task) => task.id === id);
  if (at === -1) return tasks[0];
  return tasks[Math.min(Math.max(at + by, 0), tasks.length - 1)];
}

/** Of what went: the one in its place. */
export function nextAfter(tasks: readonly Task[], id: string): Task | undefined {
  const at = tasks.findIndex((task) => task.id === id);
  return tasks[at + 1] ?? tasks[at - 1];
}
