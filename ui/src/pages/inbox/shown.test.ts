import { describe, expect, it } from "vitest";
import type { Task, TaskDetail } from "@/api/tasks";
import { beginning, cellText, nextAfter, readShow, refusalOf, step, tableOf } from "@/pages/inbox/shown";

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

describe("tableOf", () => {
  it("makes columns of everything that the rows have", () => {
    expect(tableOf([{ a: 1 }, { a: 2, b: "x" }])).toEqual({ columns: ["a", "b"], rows: [[1, null], [2, "x"]] });
  });
  it("shows one object as names and values", () => {
    expect(tableOf({ total: 3 })).toEqual({ columns: [], rows: [["total", 3]] });
  });
  it.each([[[]], [[1, 2]], ["text"], [7], [null], [{}]])("leaves %j to JSON", (value) => {
    expect(tableOf(value)).toBeNull();
  });
});

describe("what may be done", () => {
  it("is for who has a link", () => {
    expect(refusalOf(task("a", { link: "/x" }))).toBeNull();
    expect(refusalOf(task("a", { people: ["mara", "tom"] }))).toContain("mara or tom");
    expect(refusalOf(task("a"))).toContain("operator");
    expect(refusalOf(task("a", { status: "done", link: null }))).toContain("not open");
  });
});

describe("walking through the list", () => {
  const tasks: Task[] = [task("a"), task("b"), task("c")];
  it("stays within it", () => {
    expect(step(tasks, null, 1)?.id).toBe("a");
    expect(step(tasks, "a", 1)?.id).toBe("b");
    expect(step(tasks, "a", -1)?.id).toBe("a");
    expect(step(tasks, "c", 1)?.id).toBe("c");
    expect(step([], "c", 1)).toBeUndefined();
  });
  it("goes on after what was answered", () => {
    expect(nextAfter(tasks, "a")?.id).toBe("b");
    expect(nextAfter(tasks, "c")?.id).toBe("b");
    expect(nextAfter([task("a")], "a")).toBeUndefined();
  });
});

it("a form begins with its defaults", () => {
  expect(beginning({ type: "object", properties: { boxes: { type: "integer", default: 2 }, why: { type: "string" } } })).toEqual({
    boxes: 2,
  });
});

it("reads an address as far as it makes sense", () => {
  expect(["open", "answered", null, "x"].map(readShow)).toEqual(["open", "answered", "mine", "mine"]);
  expect([cellText(null), cellText("a"), cellText({ a: 1 })]).toEqual(["–", "a", '{"a":1}']);
});
