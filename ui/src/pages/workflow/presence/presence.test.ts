import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WorkflowEditing } from "@/api/editing";
import { makeCatalogue } from "@/model/catalogue";
import { setOwn } from "@/model/operations/settings";
import { Presence, showMode, standAtFirst, usePresence } from "@/pages/workflow/presence/presence";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { Saver, useSaving } from "@/pages/workflow/store/saving";

const bob = { name: "bob", user_id: "u2", since: "2026-01-01T10:00:00Z", seen_at: "2026-01-01T10:00:00Z", is_you: false };
const MINE: WorkflowEditing = { mine: true, editor: { ...bob, name: "ada", is_you: true } };
const BOBS: WorkflowEditing = { mine: false, editor: bob };

describe("Presence", () => {
  let answer: WorkflowEditing;
  let leave: () => Promise<void>;
  const calls = {
    keep: vi.fn((_name: string, _window: string, takeOver?: boolean) => Promise.resolve(takeOver ? MINE : answer)),
    find: vi.fn(() => Promise.resolve(answer)),
    end: vi.fn(() => Promise.resolve()),
  };
  const save = vi.fn(() => Promise.resolve({ etag: '"2"', issues: [], revision: 2 }));

  function open(first: WorkflowEditing): { presence: Presence; saver: Saver } {
    const workflow = { name: "desk", nodes: [], connections: [] };
    useEditor.getState().open({ workflow, catalogue: makeCatalogue([]), mode: "edit" });
    useSaving.setState({ state: "saved", problem: undefined });
    const saver = new Saver("desk", '"1"', useEditor.getState().workflow, save as never);
    vi.spyOn(saver, "follow").mockResolvedValue();
    usePresence.setState(standAtFirst(first, true), true);
    showMode(usePresence.getState());
    const presence = new Presence("desk", "w1", saver, calls);
    saver.start();
    presence.start();
    leave = async () => {
      vi.spyOn(saver, "flush").mockResolvedValue();
      await saver.stop();
      await presence.stop();
    };
    return { presence, saver };
  }

  const retitle = (text: string) => useEditor.getState().apply(null, (workflow) => setOwn(workflow, "title", text));

  beforeEach(() => {
    vi.useFakeTimers();
    vi.clearAllMocks();
    answer = MINE;
  });

  afterEach(async () => {
    await leave();
    vi.useRealTimers();
    localStorage.clear();
  });

  it("says again and again that one edits, and at the end that one does no more", async () => {
    const { presence, saver } = open(MINE);
    await vi.advanceTimersByTimeAsync(60_500);
    expect(calls.keep).toHaveBeenCalledTimes(3);
    await saver.stop();
    await presence.stop();
    expect(calls.end).toHaveBeenCalledWith("desk", "w1");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls.keep).toHaveBeenCalledTimes(3);
  });

  it("gives up behind what asked to keep it", async () => {
    const { presence, saver } = open(MINE);
    let arrive = () => {};
    calls.keep.mockImplementationOnce(() => new Promise((done) => (arrive = () => done(MINE))));
    await vi.advanceTimersByTimeAsync(20_000);
    await saver.stop();
    const stopped = presence.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.end).not.toHaveBeenCalled();
    arrive();
    await stopped;
    expect(calls.end).toHaveBeenCalledTimes(1);
  });

  it("changes nothing while somebody else edits, and does when they have gone", async () => {
    answer = BOBS;
    const { saver } = open(BOBS);
    const refused = retitle("Mine");
    expect(refused).toMatchObject({ ok: false, reason: "Nothing can be changed here now: bob is editing it." });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(saver.follow).toHaveBeenCalled();
    answer = MINE;
    await vi.advanceTimersByTimeAsync(4_000);
    expect(retitle("Mine").ok).toBe(true);
  });

  it("writes nothing over who has taken over, and keeps what was not saved", async () => {
    open(MINE);
    await vi.advanceTimersByTimeAsync(10_000);
    answer = BOBS;
    retitle("Mine");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(save).not.toHaveBeenCalled();
    expect(usePresence.getState()).toMatchObject({ standing: "other", wasMine: true });
    expect(useSaving.getState().state).toBe("conflict");
    expect(useEditor.getState()).toMatchObject({ mode: "read", workflow: { title: "Mine" } });
  });

  it("takes over, and edits what the other has saved last", async () => {
    const { presence, saver } = open(BOBS);
    await presence.takeOver();
    expect(calls.keep).toHaveBeenCalledWith("desk", "w1", true);
    expect(saver.follow).toHaveBeenCalled();
    expect(useEditor.getState().mode).toBe("edit");
  });
});
