// Where tests of a workflow stop: set on the canvas, kept in this browser, no part of the workflow.
import { create } from "zustand";
import { nodesByPath, type NodePath } from "@/model/path";
import { useEditor } from "@/pages/workflow/store/editorStore";

type ByWorkflow = Readonly<Record<string, readonly NodePath[]>>;

const KEPT = "treadle.breakpoints";
const NONE: readonly NodePath[] = [];

function readKept(): ByWorkflow {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(KEPT) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    const lists = Object.entries(kept).filter(([, paths]) => Array.isArray(paths));
    return Object.fromEntries(lists.map(([name, paths]) => [name, (paths as unknown[]).filter((one) => typeof one === "string")]));
  } catch {
    return {};
  }
}

const useKept = create<{ byWorkflow: ByWorkflow }>(() => ({ byWorkflow: readKept() }));

/** Of those nodes: all get one, or, where all have one, none keeps it. */
export function toggle(before: readonly NodePath[], paths: readonly NodePath[]): NodePath[] {
  const all = paths.every((path) => before.includes(path));
  const others = before.filter((path) => !paths.includes(path));
  return all ? others : [...others, ...paths];
}

export function toggleBreakpoints(paths: readonly NodePath[]): void {
  const { name } = useEditor.getState().workflow;
  const { byWorkflow } = useKept.getState();
  const { [name]: before = NONE, ...rest } = byWorkflow;
  const after = toggle(before, paths);
  const next = after.length === 0 ? rest : { ...rest, [name]: after };
  useKept.setState({ byWorkflow: next });
  try {
    window.localStorage.setItem(KEPT, JSON.stringify(next));
  } catch {
    // A browser that keeps nothing has them until the page is left.
  }
}

export function useHasBreakpoint(path: NodePath): boolean {
  const name = useEditor((state) => state.workflow.name);
  return useKept(({ byWorkflow }) => byWorkflow[name]?.includes(path) === true);
}

/** Those of nodes that are still there. */
export function breakpointsNow(): NodePath[] {
  const { workflow } = useEditor.getState();
  const nodes = nodesByPath(workflow);
  return (useKept.getState().byWorkflow[workflow.name] ?? NONE).filter((path) => nodes.has(path));
}
