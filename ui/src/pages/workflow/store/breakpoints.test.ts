import { expect, it } from "vitest";
import { toggle } from "@/pages/workflow/store/breakpoints";

it("gives all a breakpoint, and takes it where all have one", () => {
  expect(toggle([], ["a", "b"])).toEqual(["a", "b"]);
  expect(toggle(["a", "c"], ["a", "b"])).toEqual(["c", "a", "b"]);
  expect(toggle(["c", "a", "b"], ["a", "b"])).toEqual(["c"]);
});
