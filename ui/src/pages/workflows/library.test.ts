import { describe, expect, it } from "vitest";
import { drawnVersion, filterOf, ownerWords, readLibrary, versionWords, writeLibrary } from "./library";
import { nameOf, nameTrouble } from "@/format/names";
import type { Workflow } from "@/api/workflows";

describe("the library in the address", () => {
  it("is read as it was written", () => {
    const library = { search: "a b", tag: "sales", sort: "name", shelf: "bin", view: "list" } as const;
    expect(readLibrary(writeLibrary(library))).toEqual(library);
  });

  it("says nothing of what is usual, and takes nonsense for that", () => {
    const usual = readLibrary(new URLSearchParams("sort=size&in=moon&view=3d"));
    expect(writeLibrary(usual).toString()).toBe("");
  });

  it("asks for one's own by one's id, and for the bin", () => {
    const library = readLibrary(new URLSearchParams("in=mine&search=%20x"));
    expect(filterOf(library, "u1")).toEqual({ sort: "-updated", search: "x", owner: "u1" });
    expect(filterOf({ ...library, shelf: "bin", search: "" }, "u1")).toEqual({ sort: "-updated", deleted: true });
  });
});

describe("words", () => {
  it.each([
    ["Order desk", "order-desk"],
    ["  Café: Bücher & more! ", "cafe-bucher-more"],
    ["订单", ""],
    ["x".repeat(99) + " y", "x".repeat(99)],
  ])("%s is called %s", (title, name) => expect(nameOf(title)).toBe(name));

  it("tells what cannot be a name", () => {
    expect(nameTrouble("a-1")).toBeNull();
    for (const bad of ["", "A", "a--b", "-a", "a_b"]) expect(nameTrouble(bad)).not.toBeNull();
  });

  it("tells whose it is and which version it has", () => {
    const names = new Map([["u2", "bob"]]);
    expect([null, "u1", "u2", "u3"].map((id) => ownerWords(id, "u1", names))).toEqual([
      "Everybody’s",
      "Yours",
      "bob",
      "Shared with you",
    ]);
    expect(versionWords({ version: 3, draft: 2 })).toBe("v3, changed since");
    expect(drawnVersion({ version: null, draft: 4 } as Workflow)).toEqual({ version: "draft", stamp: "draft 4" });
  });
});
