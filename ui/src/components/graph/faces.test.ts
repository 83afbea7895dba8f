import { describe, expect, it, vi } from "vitest";
import { Faces } from "@/components/graph/faces";

describe("Faces", () => {
  it("tells only those whose face is another", () => {
    const faces = new Faces();
    faces.set(new Map([["a", { status: "running" }], ["b", { status: "queued" }]]));
    const [a, b] = [vi.fn(), vi.fn()];
    faces.watch("a", a);
    const leave = faces.watch("b", b);

    faces.set(new Map([["a", { status: "running" }], ["b", { status: "completed", values: { output: "2" } }]]));
    expect(a).not.toHaveBeenCalled();
    expect(b).toHaveBeenCalledOnce();

    leave();
    faces.set(new Map());
    expect(a).toHaveBeenCalledOnce();
    expect(b).toHaveBeenCalledOnce();
  });
});
