// The values of the last run around a node, and which of the times it ran they are of.
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { runNodeQuery } from "@/api/nodeTests";
import { runDetail, UNDER_WAY } from "@/api/runs";
import type { Samples } from "@/model/completion";
import type { JsonObject } from "@/model/json";
import type { NodePath } from "@/model/path";
import { iterationsOf, lastValues, type Ports, runPathOf, type RunValues } from "@/pages/workflow/inspector/data/lastValues";
import { useEditor } from "@/pages/workflow/store/editorStore";
import type { Model } from "@/api/client";

type NodeResult = Model<"NodeResult">;

const LOOK_AGAIN = 1_000;
/** Large values are fetched one by one, of so many nodes. */
const MOST_WHOLE = 8;

export interface AroundNode {
  readonly samples: Samples;
  readonly inputs: Ports;
  /** What became of the node itself. */
  readonly result: NodeResult | undefined;
  readonly runId: string | undefined;
  readonly error: unknown;
  readonly iterations: number;
  readonly iteration: number;
  readonly setIteration: (iteration: number) => void;
  /** Of a field that is evaluated for each item: which of them it is tried with. */
  readonly items: number;
  readonly item: number;
  readonly setItem: (item: number) => void;
}

export function useLastValues(path: NodePath): AroundNode {
  const workflow = useEditor((state) => state.workflow);
  const catalogue = useEditor((state) => state.catalogue);
  const last = useEditor((state) => state.lastRun);
  const [chosen, setIteration] = useState(0);
  const [chosenItem, setItem] = useState(0);
  const detail = useQuery({
    ...runDetail(last?.id ?? ""),
    enabled: last !== undefined,
    refetchInterval: ({ state }) =>
      state.data !== undefined && UNDER_WAY.includes(state.data.status) ? LOOK_AGAIN : false,
  });
  const run = last === undefined ? undefined : detail.data;
  const cut = useMemo(() => (run === undefined ? [] : cutOf(run).slice(0, MOST_WHOLE)), [run]);
  const whole = useQueries({
    queries: cut.map((one) => ({ ...runNodeQuery(last?.id ?? "", one), staleTime: 60_000 })),
    combine: (found) => new Map(cut.flatMap((one, at) => (found[at]?.data === undefined ? [] : [[one, found[at].data] as const]))),
  });
  const values = useMemo(() => (run === undefined ? undefined : valuesOf(run, whole)), [run, whole]);
  const iterations = useMemo(() => iterationsOf(values, path), [values, path]);
  const iteration = Math.min(chosen, Math.max(0, iterations.length - 1));
  const prefix = iterations[iteration] ?? "";
  const around = useMemo(
    () => lastValues(workflow, catalogue, path, values, prefix, chosenItem),
    [workflow, catalogue, path, values, prefix, chosenItem],
  );
  const runPath = runPathOf(path, prefix);
  return {
    ...around,
    result: whole.get(runPath) ?? run?.nodes?.[runPath],
    runId: last?.id,
    error: detail.error,
    iterations: iterations.length,
    iteration,
    setIteration,
    item: Math.min(chosenItem, Math.max(0, around.items - 1)),
    setItem,
  };
}

function cutOf(run: Model<"Run">): string[] {
  return Object.entries(run.nodes ?? {}).flatMap(([path, { cut }]) => (Object.keys(cut ?? {}).length > 0 ? [path] : []));
}

function valuesOf(run: Model<"Run">, whole: ReadonlyMap<string, NodeResult>): RunValues {
  const nodes = Object.entries(run.nodes ?? {}).map(([path, result]) => {
    const { status, outputs = {}, cut = {} } = whole.get(path) ?? result;
    // What is cut away is not null: it is not known.
    const known = Object.entries(outputs).filter(([port]) => !(port in cut));
    return [path, { status, outputs: Object.fromEntries(known) as Ports }] as const;
  });
  const { id, workflow, version, mode, created_at, input = {}, params = {} } = run;
  return {
    id,
    workflow,
    version,
    mode,
    created_at,
    input: input as JsonObject,
    params: params as JsonObject,
    nodes: Object.fromEntries(nodes),
  };
}
