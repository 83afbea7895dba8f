import { describe, expect, it } from "vitest";
import { matching, tableOf, treeOf } from "@/components/values/tree";

const ORDERS = [
  { id: 1, "ship to": { city: "Graz" } },
  { id: 2, note: "soon" },
];

describe("treeOf", () => {
  it("names each part as an expression reads it", () => {
    const rows = treeOf(ORDERS, "nodes.fetch.body", "body", () => true);

    expect(rows.map(({ reference, kind, depth }) => [reference, kind, depth])).toEqual([
      ["nodes.fetch.body", "list", 0],
      ["nodes.fetch.body[0]", "object", 1],
      ["nodes.fetch.body[0].id", "number", 2],
      ['nodes.fetch.body[0]["ship to"]', "object", 2],
      ['nodes.fetch.body[0]["ship to"].city', "text", 3],
    ]);
  });

  it("leaves closed what is closed", () => {
    expect(treeOf(ORDERS, "x", "x", (_, depth) => depth < 1)).toHaveLength(2);
  });
});

describe("matching", () => {
  it("keeps what holds the words, with what is around it", () => {
    expect(matching(ORDERS, "graz")).toEqual([{ "ship to": { city: "Graz" } }]);
    expect(matching(ORDERS, "ID")).toEqual([{ id: 1 }, { id: 2 }]);
    expect(matching(ORDERS, "nowhere")).toBeUndefined();
    expect(matching(ORDERS, " ")).toBe(ORDERS);
  });
});

describe("tableOf", () => {
  it("has a column for each field that any item has", () => {
    expect(tableOf(ORDERS)).toEqual({
      columns: ["id", "ship to", "note"],
      rows: [
        [1, { city: "Graz" }, undefined],
        [2, undefined, "soon"],
      ],
      more: 0,
    });
  });

  it("is one column for plain items, and names and values for an object", () => {
    expect(tableOf([1, "a"]).columns).toEqual(["value"]);
    expect(tableOf({ a: 1 })).toEqual({ columns: ["name", "value"], rows: [["a", 1]], more: 0 });
    expect(tableOf(Array.from({ length: 120 }, (_, at) => at)).more).toBe(20);
  });
});
