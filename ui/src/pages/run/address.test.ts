import { describe, expect, it } from "vitest";
import { choosing, readView } from "@/pages/run/address";

const view = (text: string) => readView(new URLSearchParams(text));

describe("the address of a run", () => {
  it("says which node is shown, in which rounds", () => {
    expect(view("node=each[2]/send&rounds=other:1&dock=node")).toMatchObject({
      node: "each[2]/send",
      nodePath: "each/send",
      chosen: { other: 1, each: 2 },
      dock: "node",
    });
  });

  it("has no columns without a node, and nothing that is not known", () => {
    expect(view("dock=node&do=x")).toMatchObject({ dock: "timeline", doing: null });
  });

  it("closes the columns with the node, and keeps the rounds of others", () => {
    expect(choosing(view("node=a&dock=node"), null)).toEqual({ node: null, do: null, dock: null });
    expect(choosing(view("rounds=each:1"), "other[3]/b")).toEqual({ node: "other[3]/b", rounds: "each:1,other:3", do: null });
  });
});
