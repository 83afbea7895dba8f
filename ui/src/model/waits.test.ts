import { expect, it } from "vitest";
import { CATALOGUE, workflowOf } from "@/model/cases/cases";
import { waitsOf } from "@/model/waits";

it("tells who waits for whom, where no connection does", () => {
  const workflow = workflowOf(
    [
      { id: "a", type: "data.set" },
      { id: "b", type: "data.set", after: ["a"] },
      { id: "c", type: "data.template", config: { template: "{{ nodes.a.output }}" } },
    ],
    ["a > b"],
  );
  expect(waitsOf(workflow, CATALOGUE).get("")).toEqual([{ source: "a", target: "c" }]);
});
