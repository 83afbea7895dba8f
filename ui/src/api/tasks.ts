// Tasks: what a person must do before a run goes on.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Task = Model<"Task">;
export type TaskDetail = Model<"TaskDetail">;
export type Answer = Model<"CompleteTask">;

/** Open tasks that whoever is signed in may answer. */
export function myTasks(limit = 50) {
  const filter = { status: "open", mine: true, limit } as const;
  return queryOptions({
    queryKey: keys.tasks.list(filter),
    queryFn: ({ signal }) => read(api.GET("/tasks", { params: { query: filter }, signal })),
  });
}

export type TaskShow = "mine" | "open" | "answered";

/** Of the server's oldest-first list, a page of so many at a time. */
const AT_ONCE = 200;
const MOST_PAGES = 10;

export interface TaskList {
  items: Task[];
  /** There are more than are read. */
  isCut: boolean;
}

/** Everything of a kind: open ones by their age, the others with what was answered last at the top. */
export function taskList(show: TaskShow) {
  return queryOptions({
    queryKey: keys.tasks.list({ show }),
    queryFn: async ({ signal }): Promise<TaskList> => {
      const query = { status: show === "answered" ? "all" : "open", mine: show === "mine", limit: AT_ONCE } as const;
      const items: Task[] = [];
      let cursor: string | null = null;
      for (let count = 0; count < MOST_PAGES; count += 1) {
        const page: Model<"TaskPage"> = await read(
          api.GET("/tasks", { params: { query: { ...query, ...(cursor === null ? {} : { cursor }) } }, signal }),
        );
        items.push(...page.items);
        cursor = page.next ?? null;
        if (cursor === null) break;
      }
      return { items: show === "answered" ? closedFirst(items) : items, isCut: cursor !== null };
    },
  });
}

function closedFirst(items: readonly Task[]): Task[] {
  const closedAt = (task: Task) => task.answer?.at ?? task.deadline_at ?? task.created_at ?? "";
  return items.filter((task) => task.status !== "open").toSorted((one, other) => closedAt(other).localeCompare(closedAt(one)));
}

/** With `link`, which is there only for who may answer it. */
export function taskOne(id: string) {
  return queryOptions({
    queryKey: keys.tasks.one(id),
    queryFn: ({ signal }) => read(api.GET("/tasks/{task_id}", { params: { path: { task_id: id } }, signal })),
  });
}

export function answerTask(id: string, body: Answer) {
  return read(api.POST("/tasks/{task_id}/complete", { params: { path: { task_id: id } }, body }));
}
