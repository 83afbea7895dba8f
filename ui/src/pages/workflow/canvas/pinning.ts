// P: what the selected nodes gave in the last run is what they give in tests from now on; or no more.
import type { QueryClient } from "@tanstack/react-query";
import { runNode } from "@/api/run";
import { runDetail } from "@/api/runs";
import { tellProblem } from "@/components/notices";
import type { Json } from "@/model/json";
import { setPins } from "@/model/operations/settings";
import { nodeOf, pathInRun, type NodePath } from "@/model/path";
import { listed, refuse } from "@/model/result";
import { hasPin } from "@/model/workflow";
import { attempt, sayRefusal } from "@/pages/workflow/canvas/attempt";
import { type Ports, toPin } from "@/pages/workflow/inspector/data/lastValues";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function pinOrUnpin(client: QueryClient): void {
  const { workflow, selection, lastRun } = useEditor.getState();
  const isPinned = (path: NodePath): boolean => {
    const node = nodeOf(workflow, path);
    return node !== undefined && hasPin(node);
  };
  if (selection.every(isPinned)) {
    attempt((now) => setPins(now, new Map(selection.map((path) => [path, undefined]))));
  } else if (lastRun === undefined) {
    sayRefusal(refuse("There is no run yet whose values could be pinned.", "Run the workflow once, or test the node and pin what it gives there."));
  } else {
    pinFrom(client, lastRun.id, selection.filter((path) => !isPinned(path))).catch(tellProblem);
  }
}

async function pinFrom(client: QueryClient, run: string, paths: readonly NodePath[]): Promise<void> {
  const { nodes = {} } = await client.fetchQuery({ ...runDetail(run), staleTime: 1_000 });
  const found = await Promise.all(
    paths.map(async (path) => {
      const ranAs = lastOf(Object.keys(nodes), path);
      if (ranAs === undefined || Object.keys(nodes[ranAs]?.outputs ?? {}).length === 0) return [path, undefined] as const;
      const { outputs = {} } = await client.fetchQuery({ ...runNode(run, ranAs), staleTime: 60_000 });
      return [path, outputs as Ports] as const;
    }),
  );
  const { workflow, catalogue } = useEditor.getState();
  const pins = new Map<NodePath, Json>();
  for (const [path, outputs] of found) {
    const node = nodeOf(workflow, path);
    if (node !== undefined && outputs !== undefined) pins.set(path, toPin(node, catalogue, outputs));
  }
  if (pins.size > 0) attempt((now) => setPins(now, pins));
  const without = paths.filter((path) => !pins.has(path));
  if (without.length > 0) sayRefusal(refuse(`${listed(without)} gave nothing in the last run.`, "Run the workflow as it is now, or test the node and pin what it gives there."));
}

/** Of a node that ran several times, the last: that is the one that is shown. */
function lastOf(ran: readonly string[], path: NodePath): string | undefined {
  return ran
    .filter((one) => pathInRun(one) === path)
    .toSorted((one, other) => one.localeCompare(other, undefined, { numeric: true }))
    .at(-1);
}
