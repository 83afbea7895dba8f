import { describe, expect, it } from "vitest";
import type { TaskDetail } from "@/api/tasks";
import { beginning, refusalOf } from "@/components/tasks/answering";

const task = (id: string, more: Partial<TaskDetail> = {}): TaskDetail => ({
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

describe("what may be done", () => {
  it("is for who has a link", () => {
    expect(refusalOf(task("a", { link: "/x" }))).toBeNull();
    expect(refusalOf(task("a", { people: ["mara", "tom"] }))).toContain("mara or tom");
    expect(refusalOf(task("a"))).toContain("operator");
    expect(refusalOf(task("a", { status: "done", link: null }))).toContain("not open");
  });
});

it("a form begins with its defaults", () => {
  expect(beginning({ type: "object", properties: { boxes: { type: "integer", default: 2 }, why: { type: "string" } } })).toEqual({
    boxes: 2,
  });
});
