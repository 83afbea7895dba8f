// What of a task is shown, and how: plain functions.
import type { Task, TaskShow } from "@/api/tasks";

export function readShow(text: string | null): TaskShow {
  return text === "open" || text === "answered" ? text : "mine";
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
