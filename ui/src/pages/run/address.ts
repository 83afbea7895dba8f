// What of a run is shown, as it stands in the address.
import type { Change } from "@/components/useAddress";
import type { NodePath } from "@/model/path";
import { type Chosen, chosenIn, nodePathOf, readChosen, writeChosen } from "@/record/rounds";

const DOCKS = ["timeline", "log", "node"] as const;
const DOINGS = ["fork", "move", "signal"] as const;

/** What lies below the graph: `node` is the chosen one in three columns. */
export type Dock = (typeof DOCKS)[number];
export type Doing = (typeof DOINGS)[number];

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

export function readView(query: URLSearchParams): RunView {
  const node = query.get("node");
  const dock = DOCKS.find((one) => one === query.get("dock")) ?? "timeline";
  return {
    node,
    nodePath: node === null ? null : nodePathOf(node),
    chosen: { ...readChosen(query.get("rounds")), ...(node === null ? {} : chosenIn(node)) },
    at: query.get("at"),
    dock: dock === "node" && node === null ? "timeline" : dock,
    doing: DOINGS.find((one) => one === query.get("do")) ?? null,
  };
}

/** Choose a node of the run, or none. */
export function choosing(view: RunView, runPath: string | null): Change {
  if (runPath === null) return { node: null, do: null, ...(view.dock === "node" ? { dock: null } : {}) };
  return { node: runPath, rounds: writeChosen({ ...view.chosen, ...chosenIn(runPath) }), do: null };
}
