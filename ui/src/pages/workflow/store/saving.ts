// The draft saves itself: soon after each change, again when the server is back, and never over somebody else's.
import { create } from "zustand";
import { openWorkflow, type OpenedWorkflow, saveDraft, type SavedDraft } from "@/api/drafts";
import { type ApiProblem, toProblem } from "@/api/problem";
import { openDefinition, serialise } from "@/model/document";
import type { JsonObject } from "@/model/json";
import type { Workflow } from "@/model/workflow";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { placeIssues } from "@/pages/workflow/store/issues";
import { forgetUnsaved, keepUnsaved } from "@/pages/workflow/store/unsaved";

/** `offline`: it will be sent again by itself. `conflict`: somebody else has changed it, and somebody has to choose.
 * `refused`: the server does not take it as it is; the next change is tried again. */
export type SaveState = "saved" | "unsaved" | "saving" | "offline" | "conflict" | "refused";

interface Saving {
  readonly state: SaveState;
  readonly problem: ApiProblem | undefined;
  /** Whether there is a draft on the server that is not published. */
  readonly isDraft: boolean;
  readonly version: number | null;
}

export const useSaving = create<Saving>(() => ({ state: "saved", problem: undefined, isDraft: false, version: null }));

const SOON = 900;
const FIRST_TRY = 2_000;
const LONGEST_WAIT = 30_000;

/** Everything about one open workflow that is to be saved. */
export class Saver {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saved: Workflow;
  private sending: Promise<void> | undefined;
  private tries = 0;
  private readonly leave: (() => void)[] = [];
  /** Whether it may be written now: not when somebody else has taken over. */
  guard: () => Promise<boolean> = () => Promise.resolve(true);

  constructor(
    readonly name: string,
    private etag: string,
    /** What the server has. */
    workflow: Workflow,
    private readonly save: typeof saveDraft = saveDraft,
  ) {
    this.saved = workflow;
  }

  start(): void {
    this.leave.push(
      useEditor.subscribe((state, before) => {
        if (state.workflow === before.workflow) return;
        if (state.workflow === this.saved) this.unchanged();
        else this.changed();
      }),
    );
    const again = (): void => {
      if (useSaving.getState().state === "offline") void this.send();
    };
    window.addEventListener("online", again);
    const hidden = (): void => {
      if (document.visibilityState === "hidden") void this.flush();
    };
    document.addEventListener("visibilitychange", hidden);
    this.leave.push(
      () => window.removeEventListener("online", again),
      () => document.removeEventListener("visibilitychange", hidden),
    );
  }

  /** What is not sent yet is sent; what cannot be is kept in this browser. */
  async stop(): Promise<void> {
    for (const one of this.leave.splice(0)) one();
    await this.flush();
  }

  get currentEtag(): string {
    return this.etag;
  }

  /** The server's own word on it has changed: it was published, or tagged. */
  take(etag: string): void {
    this.etag = etag;
  }

  changed(): void {
    keepUnsaved(this.name, { definition: this.definition(), etag: this.etag });
    if (useSaving.getState().state === "conflict") return;
    useSaving.setState({ state: "unsaved", problem: undefined });
    this.later(SOON);
  }

  /** It is again as the server has it: undone before it was sent. */
  private unchanged(): void {
    const { state } = useSaving.getState();
    if (state === "conflict" || state === "saving") return;
    clearTimeout(this.timer);
    forgetUnsaved(this.name);
    useSaving.setState({ state: "saved", problem: undefined });
  }

  /** Everything is on the server when it is done; rejects with what keeps it from there. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    await this.sending;
    if (useEditor.getState().workflow !== this.saved && useSaving.getState().state !== "conflict") await this.send();
  }

  /** Whatever the server has: ours is the draft. */
  async overwrite(): Promise<void> {
    this.etag = "*";
    await this.send();
  }

  /** Ours goes, the server's is shown. */
  async takeTheirs(): Promise<void> {
    this.show(await openWorkflow(this.name));
  }

  /** What somebody else has saved meanwhile is shown, unless something here is not saved. */
  async follow(): Promise<void> {
    if (this.hasUnsaved()) return;
    const opened = await openWorkflow(this.name);
    if (opened.etag !== this.etag && !this.hasUnsaved()) this.show(opened);
  }

  /** Nothing more is sent; what is not saved waits for somebody to choose. */
  hold(): void {
    clearTimeout(this.timer);
    if (this.hasUnsaved()) useSaving.setState({ state: "conflict", problem: undefined });
  }

  private hasUnsaved(): boolean {
    return useEditor.getState().workflow !== this.saved || useSaving.getState().state === "conflict";
  }

  private show({ detail, etag }: OpenedWorkflow): void {
    const opened = openDefinition(detail.definition);
    if (!opened.ok) throw new Error(opened.reason);
    this.etag = etag;
    useEditor.getState().replace(opened.value.workflow);
    this.saved = useEditor.getState().workflow;
    // It was no change of ours, though the store has told of one.
    clearTimeout(this.timer);
    forgetUnsaved(this.name);
    const isDraft = typeof detail.definition.revision === "number";
    useSaving.setState({ state: "saved", problem: undefined, isDraft, version: detail.version ?? null });
  }

  private isDue(): boolean {
    return useEditor.getState().workflow !== this.saved || this.etag === "*";
  }

  private definition(): JsonObject {
    return serialise(useEditor.getState().workflow);
  }

  private later(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), wait);
  }

  private send(): Promise<void> {
    // One after the other: each needs the tag that the one before gave.
    this.sending = (this.sending ?? Promise.resolve()).then(() => this.sendNow());
    return this.sending;
  }

  private async sendNow(): Promise<void> {
    if (!this.isDue()) return;
    if (!(await this.guard())) return this.hold();
    const { workflow } = useEditor.getState();
    if (!this.isDue()) return;
    useSaving.setState({ state: "saving" });
    try {
      this.arrived(workflow, await this.save(this.name, serialise(workflow), this.etag));
    } catch (thrown) {
      this.refused(toProblem(thrown));
    }
  }

  private arrived(workflow: Workflow, { etag, issues }: SavedDraft): void {
    this.etag = etag;
    this.saved = workflow;
    this.tries = 0;
    const isAll = useEditor.getState().workflow === workflow;
    useSaving.setState({ state: isAll ? "saved" : "unsaved", problem: undefined, isDraft: true });
    if (!isAll) {
      keepUnsaved(this.name, { definition: this.definition(), etag });
      return this.later(SOON);
    }
    forgetUnsaved(this.name);
    useEditor.getState().setIssues(placeIssues(workflow, issues));
  }

  private refused(problem: ApiProblem): void {
    if (problem.status === 412 || problem.code === "edited_meanwhile" || problem.code === "draft_changed") {
      useSaving.setState({ state: "conflict", problem });
      return;
    }
    if (!problem.isPassing) {
      useSaving.setState({ state: "refused", problem });
      return;
    }
    useSaving.setState({ state: "offline", problem });
    this.tries += 1;
    this.later(Math.min(FIRST_TRY * 2 ** (this.tries - 1), LONGEST_WAIT));
  }
}
