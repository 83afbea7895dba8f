// What of a run is shown: which node, in which rounds, at which moment. All of it is in the address.
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import type { NodePath } from "@/model/path";
import { type Chosen, chosenIn, nodePathOf, readChosen, writeChosen } from "@/pages/run/rounds";

export type Dock = "timeline" | "log";
export type Doing = "fork" | "move" | "signal";

export interface RunView {
  /** Of the run: `each[2]/send`. */
  readonly node: string | null;
  readonly nodePath: NodePath | null;
  readonly chosen: Chosen;
  /** The id of the last event that had happened; null: now. */
  readonly at: string | null;
  readonly dock: Dock;
  readonly doing: Doing | null;
}

const DOINGS: readonly Doing[] = ["fork", "move", "signal"];

export function useRunView() {
  const [query, setQuery] = useSearchParams();
  const view = useMemo<RunView>(() => {
    const node = query.get("node");
    return {
      node,
      nodePath: node === null ? null : nodePathOf(node),
      chosen: { ...readChosen(query.get("rounds")), ...(node === null ? {} : chosenIn(node)) },
      at: query.get("at"),
      dock: query.get("dock") === "log" ? "log" : "timeline",
      doing: DOINGS.find((one) => one === query.get("do")) ?? null,
    };
  }, [query]);
  const set = useCallback(
    (change: Readonly<Record<string, string | null>>) =>
      setQuery(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(change)) {
            if (value === null || value === "") next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setQuery],
  );
  const select = useCallback(
    (runPath: string | null) => {
      if (runPath === null) return set({ node: null, do: null });
      return set({ node: runPath, rounds: writeChosen({ ...view.chosen, ...chosenIn(runPath) }), do: null });
    },
    [set, view.chosen],
  );
  return { view, set, select };
}
