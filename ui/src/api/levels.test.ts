import { describe, expect, it } from "vitest";
import { isOfferedTo, levelAt, refusalAt } from "@/api/levels";

describe("what one may do with a workflow", () => {
  it("is offered as far as the role goes", () => {
    expect(isOfferedTo("viewer", "operate")).toBe(false);
    expect(isOfferedTo("operator", "operate")).toBe(true);
    expect(isOfferedTo("operator", "edit")).toBe(false);
    expect(isOfferedTo("editor", "own")).toBe(true);
  });

  it("is known of one's own, of everybody's, and to administrators", () => {
    const ada = { id: "u1", role: "editor" } as const;
    expect(levelAt(ada, "u1")).toBe("own");
    expect(levelAt(ada, null)).toBe("edit");
    expect(levelAt(ada, "u2")).toBeUndefined();
    expect(levelAt(ada, undefined)).toBeUndefined();
    expect(levelAt({ id: "u3", role: "admin" }, "u2")).toBe("own");
    expect(levelAt({ id: "u1", role: "operator" }, "u1")).toBe("operate");
  });

  it("is refused with what there is and what it takes", () => {
    expect(refusalAt("edit", "operate", false)).toBeNull();
    expect(refusalAt("view", "edit", false)).toBe("It is shared with you only to look at it. Its owner may let you change it.");
    expect(refusalAt("edit", "own", true)).toContain("only administrators");
  });
});
