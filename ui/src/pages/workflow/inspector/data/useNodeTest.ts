// Trying the selected node out: with what arrived in the last run, or with what is typed.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/api/me";
import { type NodeTried, tryNode } from "@/api/nodeTests";
import { isObject, type JsonObject } from "@/model/json";
import type { NodePath } from "@/model/path";
import { configOf } from "@/model/workflow";
import { fillConfig } from "@/pages/workflow/inspector/data/testing";
import type { AroundNode } from "@/pages/workflow/inspector/useLastValues";
import { useNode } from "@/pages/workflow/inspector/useNode";
import { useEditor } from "@/pages/workflow/store/editorStore";

export interface NodeTest {
  /** Triggers and containers do nothing by themselves. */
  readonly isPossible: boolean;
  readonly refusal: string | null;
  readonly isRunning: boolean;
  readonly result: NodeTried | undefined;
  readonly error: unknown;
  /** What it is given, as JSON text; null: what arrived in the last run. */
  readonly typed: string | null;
  readonly setTyped: (text: string | null) => void;
  readonly profiles: readonly string[];
  readonly setProfiles: (names: readonly string[]) => void;
  /** What its config reads and the last run has no value of. */
  readonly missing: readonly string[];
  readonly run: () => void;
  readonly forget: () => void;
}

/** The inputs that a text says; undefined for what is no JSON object. */
export function readInputs(text: string): JsonObject | undefined {
  try {
    const found: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
    return isObject(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

export function useNodeTest(path: NodePath, around: AroundNode): NodeTest {
  const node = useNode(path);
  const catalogue = useEditor((state) => state.catalogue);
  const isReadOnly = useEditor((state) => state.mode === "read");
  const mayTest = useMay("editor");
  const [typed, setTyped] = useState<string | null>(null);
  const [profiles, setProfiles] = useState<readonly string[]>([]);
  const mutation = useMutation({ mutationFn: tryNode });
  const type = catalogue.find(node?.type ?? "");
  const inputs = typed === null ? around.inputs : readInputs(typed);
  const filled = fillConfig(type, node === undefined ? {} : configOf(node), around.samples);
  const isPossible = type?.kind === "pure" || type?.kind === "effect";
  const refusal = !mayTest || isReadOnly
    ? "Editors of this workflow may test its nodes."
    : inputs === undefined
      ? "What is typed as its input is no JSON object."
      : null;
  return {
    isPossible,
    refusal,
    isRunning: mutation.isPending,
    result: mutation.data,
    error: mutation.error,
    typed,
    setTyped,
    profiles,
    setProfiles,
    missing: filled.missing,
    run: () => {
      if (node === undefined || refusal !== null || inputs === undefined) return;
      mutation.mutate({ type: node.type, config: filled.config, inputs: { ...inputs }, profiles });
    },
    forget: () => mutation.reset(),
  };
}
