// Answering a task: what its form begins with, and who may.
import type { TaskDetail } from "@/api/tasks";
import { initial, type Json, type JsonObject, type Schema } from "@/form/schema";

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
