// What can be done here: one registry for menus, the palette, shortcuts and the sheet that lists them.
import type { LucideIcon } from "lucide-react";
import { create } from "zustand";

export interface Action {
  /** `runs.refresh`: a page's actions begin with its name. */
  id: string;
  title: string;
  /** Under which heading it is listed. */
  section: string;
  icon?: LucideIcon;
  /** `mod+k`, `shift+alt+t`, `n`. Of a single key, `canvas` says that only the canvas listens to it. */
  keys?: string;
  where?: "anywhere" | "canvas";
  /** Other words by which it is found. */
  words?: string[];
  /** Why it cannot be done now; it is then shown and does nothing. */
  refusal?: string | null;
  /** The same, asked at the moment: what was drawn may be a key behind. */
  refusalNow?: () => string | null;
  run: () => void;
}

interface Registry {
  actions: ReadonlyMap<string, Action>;
  add: (actions: readonly Action[]) => () => void;
}

export const useRegistry = create<Registry>((set) => ({
  actions: new Map(),
  add: (added) => {
    set(({ actions }) => ({ actions: new Map([...actions, ...added.map((one) => [one.id, one] as const)]) }));
    return () =>
      set(({ actions }) => {
        const left = new Map(actions);
        // Not that of a page which has come since.
        for (const one of added) if (left.get(one.id) === one) left.delete(one.id);
        return { actions: left };
      });
  },
}));

export function mayRun({ refusal, refusalNow }: Action): boolean {
  return !(refusalNow === undefined ? refusal : refusalNow());
}

export function perform(id: string): void {
  const action = useRegistry.getState().actions.get(id);
  if (action !== undefined && mayRun(action)) action.run();
}
