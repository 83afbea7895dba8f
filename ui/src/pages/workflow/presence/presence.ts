// Who else is here. One window edits a workflow at a time; the others look on, see what it saves, and may take over.
import { create } from "zustand";
import { endEditing, findEditing, keepEditing, type WorkflowEditing, type WorkflowEditor } from "@/api/editing";
import { tell } from "@/components/notices";
import { refuse } from "@/model/result";
import { READ_ONLY, useEditor } from "@/pages/workflow/store/editorStore";
import type { Saver } from "@/pages/workflow/store/saving";

/** `looking`: whoever is here may not edit at all. */
export type Standing = "mine" | "other" | "looking";

interface Present {
  readonly standing: Standing;
  /** Who edits it, when that is not this window. */
  readonly editor: WorkflowEditor | undefined;
  /** It was ours until somebody took over. */
  readonly wasMine: boolean;
}

const ALONE: Present = { standing: "mine", editor: undefined, wasMine: false };

export const usePresence = create<Present>(() => ALONE);

/** How one stands after an answer of the server. */
export function standAfter(before: Present, { mine, editor }: WorkflowEditing): Present {
  if (before.standing === "looking") return { ...before, editor: editor ?? undefined };
  if (mine || !editor) return ALONE;
  return { standing: "other", editor, wasMine: before.wasMine || before.standing === "mine" };
}

/** How one stands when the workflow is opened. */
export function standAtFirst(found: WorkflowEditing | undefined, mayEdit: boolean): Present {
  if (!mayEdit) return { standing: "looking", editor: undefined, wasMine: false };
  const isOther = found !== undefined && !found.mine && Boolean(found.editor);
  return isOther ? { standing: "other", editor: found.editor ?? undefined, wasMine: false } : ALONE;
}

const BEAT = 20_000;
/** Who looks on sees what is saved so soon. */
const FOLLOW = 4_000;
/** A save asks whether it is still ours, unless that was said so lately. */
const FRESH = 2_000;

export class Presence {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private heardAt = Date.now();
  private isGone = false;
  private asking: Promise<unknown> = Promise.resolve();
  private leave: (() => void) | undefined;

  constructor(
    readonly name: string,
    private readonly window: string,
    private readonly saver: Saver,
    private readonly calls = { keep: keepEditing, find: findEditing, end: endEditing },
  ) {
    saver.guard = () => this.isOurs();
  }

  start(): void {
    this.isGone = false;
    const seen = (): void => {
      if (document.visibilityState === "visible") void this.beat();
    };
    const hidden = (): void => void this.end();
    document.addEventListener("visibilitychange", seen);
    globalThis.addEventListener("pagehide", hidden);
    this.leave = () => {
      document.removeEventListener("visibilitychange", seen);
      globalThis.removeEventListener("pagehide", hidden);
    };
    // Who looks on has not asked yet.
    if (usePresence.getState().standing === "looking") void this.beat();
    else this.later();
  }

  /** Others may edit from then on. */
  async stop(): Promise<void> {
    this.isGone = true;
    this.leave?.();
    clearTimeout(this.timer);
    // What asks to keep it must not arrive behind what gives it up.
    await this.asking;
    await this.end();
  }

  async takeOver(): Promise<void> {
    await this.heard(await this.calls.keep(this.name, this.window, true));
    this.later();
  }

  private later(): void {
    clearTimeout(this.timer);
    const isFollowing = usePresence.getState().standing === "other" && document.visibilityState === "visible";
    const wait = isFollowing ? FOLLOW : BEAT;
    if (!this.isGone) this.timer = setTimeout(() => void this.beat(), wait);
  }

  private async beat(): Promise<void> {
    try {
      const { standing } = usePresence.getState();
      const asked = standing === "looking" ? this.calls.find(this.name) : this.calls.keep(this.name, this.window);
      this.asking = asked.catch(() => undefined);
      const found = await asked;
      if (this.isGone) return;
      await this.heard(found);
      if (usePresence.getState().standing === "other") await this.saver.follow();
    } catch {
      // Not heard: the next beat asks again, and what is saved meanwhile is kept apart by its tag.
    }
    this.later();
  }

  /** Before each save: what somebody else has taken over is not written over. */
  private async isOurs(): Promise<boolean> {
    if (!this.isGone && Date.now() - this.heardAt > FRESH) await this.beat();
    return usePresence.getState().standing !== "other";
  }

  private async heard(found: WorkflowEditing): Promise<void> {
    this.heardAt = Date.now();
    const before = usePresence.getState();
    const after = standAfter(before, found);
    usePresence.setState(after, true);
    if (before.standing === "mine" && after.standing === "other") this.saver.hold();
    if (before.standing === "other" && after.standing === "mine") {
      // What they saved last is shown before anything can be changed.
      await this.saver.follow().catch(() => undefined);
      tell(before.editor?.is_you ? "You edit it in this window now." : `You edit it now, after ${before.editor?.name ?? "somebody else"}.`);
    }
    showMode(usePresence.getState());
  }

  private async end(): Promise<void> {
    if (usePresence.getState().standing === "mine") await this.calls.end(this.name, this.window).catch(() => undefined);
  }
}

/** What can be done on the canvas follows from it, and why nothing can. */
export function showMode({ standing, editor }: Present): void {
  const who = editor?.is_you ? "you edit it in another window" : `${editor?.name ?? "somebody"} is editing it`;
  useEditor.setState({
    mode: standing === "mine" ? "edit" : "read",
    readOnly:
      standing === "other" ? refuse(`Nothing can be changed here now: ${who}.`, "Take over, above the canvas, to edit it yourself.") : READ_ONLY,
  });
}
