import { describe, expect, it } from "vitest";
import { worstOf } from "@/pages/workflow/canvas/worst";

describe("worstOf", () => {
  it.each([
    [["completed", "failed", "skipped"], "failed"],
    [["completed", "running", undefined], "running"],
    [["completed", "skipped"], "completed"],
    [[undefined], undefined],
    [[], undefined],
  ])("of %j: %s", (statuses, worst) => {
    expect(worstOf(statuses)).toBe(worst);
  });
});
