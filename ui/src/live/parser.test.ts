import { describe, expect, it } from "vitest";
import { FrameParser } from "@/live/parser";

const STREAM = ': hello\n\nid: 3.0\ndata: {"a":\ndata: 1}\n\nid: 4.0\r\ndata: two\r\n\r\ndata: three\n\n';

describe("FrameParser", () => {
  it("gives the same frames wherever the stream is cut", () => {
    const whole = new FrameParser().feed(STREAM);
    for (let at = 1; at < STREAM.length; at += 1) {
      const parser = new FrameParser();
      expect([...parser.feed(STREAM.slice(0, at)), ...parser.feed(STREAM.slice(at))]).toEqual(whole);
    }
    expect(whole).toEqual([
      { id: "3.0", data: '{"a":\n1}' },
      { id: "4.0", data: "two" },
      { id: null, data: "three" },
    ]);
  });

  it("remembers the id of the last frame that was whole", () => {
    const parser = new FrameParser();
    parser.feed("id: 1.0\ndata: x\n\nid: 2.0\ndata: y\n");
    expect(parser.lastId).toBe("1.0");
  });
});
