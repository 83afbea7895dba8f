import { describe, expect, it } from "vitest";
import { beginning, refusalOf } from "@/components/tasks/answering";
import { task } from "@/test/task";

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
