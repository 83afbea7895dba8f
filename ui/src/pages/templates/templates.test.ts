import { expect, it } from "vitest";
import type { Template } from "@/api/templates";
import { categoriesOf, factsOf, readTemplateFilter, titled } from "@/pages/templates/templates";

const none = { uses: 0, completed: 0, failed: 0, ratings: 0, success_rate: null, rating: null } as Template["statistics"];

it("tells only what was measured", () => {
  expect(factsOf({ statistics: none, duration_seconds: null })).toEqual([]);
  const statistics = { ...none, uses: 3, completed: 9, failed: 1, success_rate: 0.9, rating: 4.5, ratings: 2 };
  expect(factsOf({ statistics, duration_seconds: 20 })).toEqual([
    "used 3 times",
    "90% of 10 runs succeeded",
    "rated 4.5 by 2",
    "takes about 20 s",
  ]);
});

it("reads its address and knows the categories", () => {
  expect(readTemplateFilter(new URLSearchParams("search=%20&difficulty=easy&category=general"))).toEqual({ category: "general" });
  expect(categoriesOf([{ category: "b" }, { category: "a" }, { category: "b" }])).toEqual(["a", "b"]);
  expect(titled("human-in-the-loop")).toBe("Human in the loop");
});
