import { describe, expect, it } from "vitest";
import { daysOf, readFilter, withField, writeFilter } from "@/pages/runs/filter";

describe("the filter in the address", () => {
  it("is read as it was written", () => {
    const filter = { status: ["failed", "queued"], mode: "test", workflow: "a b", id: "r0" } as const;

    expect(readFilter(writeFilter({ ...filter, status: [...filter.status] }))).toEqual(filter);
  });

  it("leaves out what is no filter", () => {
    expect(readFilter(new URLSearchParams("status=nonsense&mode=x&workflow=%20&page=3"))).toEqual({});
  });

  it("loses a field that is emptied", () => {
    expect(withField({ workflow: "a", status: ["failed"] }, "status", [])).toEqual({ workflow: "a" });
  });
});

it("knows whose days to count, and when they are not counted", () => {
  expect(daysOf({})).toEqual({});
  expect(daysOf({ workflow: "a" })).toEqual({ workflow: "a" });
  expect(daysOf({ deployment: "b" })).toEqual({ deployment: "b" });
  expect(daysOf({ workflow: "a", deployment: "b" })).toBeNull();
  expect(daysOf({ status: ["failed"] })).toBeNull();
});
