import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api/problem";
import { makeCatalogue } from "@/model/catalogue";
import { setOwn } from "@/model/operations/settings";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { Saver, useSaving } from "@/pages/workflow/store/saving";
import { findUnsaved } from "@/pages/workflow/store/unsaved";

const name = "order-desk";

function start(save: ReturnType<typeof vi.fn>): Saver {
  const workflow = { name, nodes: [], connections: [] };
  useEditor.getState().open({ workflow, catalogue: makeCatalogue([]), mode: "edit" });
  useSaving.setState({ state: "saved", problem: undefined });
  const saver = new Saver(name, '"1"', useEditor.getState().workflow, save as never);
  saver.start();
  return saver;
}

const title = (text: string): void => {
  useEditor.getState().apply(null, (workflow) => setOwn(workflow, "title", text));
};

describe("Saver", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    localStorage.clear();
  });

  it("saves once, a moment after the last change, with the tag it has", async () => {
    const save = vi.fn(async () => ({ etag: '"2"', issues: [], revision: 2 }));
    const saver = start(save);
    title("One");
    title("Two");
    expect(findUnsaved(name)?.definition["title"]).toBe("Two");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(save).toHaveBeenCalledTimes(1);
    expect(save).toHaveBeenCalledWith(name, expect.objectContaining({ title: "Two" }), '"1"');
    expect(useSaving.getState().state).toBe("saved");
    expect(saver.currentEtag).toBe('"2"');
    expect(findUnsaved(name)).toBeUndefined();
    saver.stop();
  });

  it("has nothing to save when a change is undone before it was sent", async () => {
    const save = vi.fn(async () => ({ etag: '"2"', issues: [], revision: 2 }));
    const saver = start(save);
    title("One");
    expect(useSaving.getState().state).toBe("unsaved");
    useEditor.getState().undo();
    expect(useSaving.getState().state).toBe("saved");
    expect(findUnsaved(name)).toBeUndefined();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(save).not.toHaveBeenCalled();
    await saver.stop();
  });

  it("keeps what the server does not hear, and sends it again", async () => {
    const save = vi.fn(async () => ({ etag: '"2"', issues: [], revision: 2 }));
    save.mockRejectedValueOnce(new ApiProblem("unreachable", "away", 0));
    const saver = start(save);
    title("Kept");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(useSaving.getState().state).toBe("offline");
    expect(findUnsaved(name)?.definition["title"]).toBe("Kept");
    await vi.advanceTimersByTimeAsync(2_100);
    expect(useSaving.getState().state).toBe("saved");
    saver.stop();
  });

  it("writes over nobody, unless it is told to", async () => {
    const save = vi.fn(async () => ({ etag: '"9"', issues: [], revision: 9 }));
    save.mockRejectedValueOnce(new ApiProblem("edited_meanwhile", "no", 412));
    const saver = start(save);
    title("Mine");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(useSaving.getState().state).toBe("conflict");
    title("Mine too");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(save).toHaveBeenCalledTimes(1);
    await saver.overwrite();
    expect(save).toHaveBeenLastCalledWith(name, expect.objectContaining({ title: "Mine too" }), "*");
    expect(useSaving.getState().state).toBe("saved");
    saver.stop();
  });
});
