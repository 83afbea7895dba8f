import { describe, expect, it } from "vitest";
import { readProse } from "@/format/prose";

describe("readProse", () => {
  it("reads paragraphs over several lines, lists and code", () => {
    expect(readProse("Ask `url`\nonce.\n\n- **one** thing\n- two\n\n```yaml\na: 1\n```\nEnd.")).toEqual([
      { is: "paragraph", parts: [{ is: "text", text: "Ask " }, { is: "code", text: "url" }, { is: "text", text: " once." }] },
      {
        is: "list",
        items: [
          [{ is: "strong", text: "one" }, { is: "text", text: " thing" }],
          [{ is: "text", text: "two" }],
        ],
      },
      { is: "code", text: "a: 1" },
      { is: "paragraph", parts: [{ is: "text", text: "End." }] },
    ]);
  });

  it("is nothing for nothing", () => expect(readProse(" \n\n ")).toEqual([]));
});
