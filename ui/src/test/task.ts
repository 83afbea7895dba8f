// An open approval, as the API tells of it.
import type { TaskDetail } from "@/api/tasks";

export const task = (id: string, more: Partial<TaskDetail> = {}): TaskDetail => ({
  id,
  run_id: "run",
  node: "ask",
  kind: "approval",
  status: "open",
  title: id,
  message: "",
  people: [],
  created_at: null,
  ...more,
});
