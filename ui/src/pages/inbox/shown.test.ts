import { describe, expect, it } from "vitest";
import type { Task } from "@/api/tasks";
import { nextAfter, readShow, step } from "@/pages/inbox/shown";
import { task } from "@/test/task";

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

it("reads an address as far as it makes sense", () => {
  expect(["open", "answered", null, "x"].map(readShow)).toEqual(["open", "answered", "mine", "mine"]);
});
