// What expressions of a node may read, and the values they are tried with.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { functionsQuery } from "@/api/expressions";
import type { ExpressionPlace, Items } from "@/expression/place";
import { useInsertion } from "@/expression/useInsertion";
import { type Catalogue, type FieldKind, fieldOf } from "@/model/catalogue";
import type { Samples } from "@/model/completion";
import { contextOf, type ExpressionContext, type FieldName, type FunctionDoc } from "@/model/expressionContext";
import { nodeOf, type NodePath } from "@/model/path";
import type { Workflow } from "@/model/workflow";
import { useEditor } from "@/pages/workflow/store/editorStore";

const NONE: readonly FunctionDoc[] = [];

/** `config.headers[2].name` stands in the field `headers` of the config. */
export function fieldAt(path: string): FieldName {
  if (path === "when" || path === "input") return path;
  return { config: /^config\.([^.[]+)/.exec(path)?.[1] ?? path };
}

export function kindAt(workflow: Workflow, catalogue: Catalogue, node: NodePath, path: string): FieldKind | undefined {
  const field = fieldAt(path);
  if (field === "when") return "expression";
  if (field === "input") return "value";
  if (typeof field === "string" || !path.startsWith("config.")) return undefined;
  const type = catalogue.find(nodeOf(workflow, node)?.type ?? "");
  return fieldOf(type, field.config)?.kind;
}

export function useFunctions(): readonly FunctionDoc[] {
  return useQuery(functionsQuery).data ?? NONE;
}

export function useNodePlace(node: NodePath, samples: Samples, items?: Items): ExpressionPlace {
  const workflow = useEditor((state) => state.workflow);
  const catalogue = useEditor((state) => state.catalogue);
  const functions = useFunctions();
  const insertion = useInsertion();
  return useMemo(() => {
    const known = new Map<string, ExpressionContext>();
    return {
      contextAt: (path) => {
        const field = fieldAt(path);
        const key = typeof field === "string" ? field : `config.${field.config}`;
        const found = known.get(key) ?? contextOf(workflow, catalogue, node, field, functions);
        known.set(key, found);
        return found;
      },
      kindAt: (path) => kindAt(workflow, catalogue, node, path),
      samples,
      items,
      ...insertion,
    };
  }, [workflow, catalogue, node, functions, samples, items, insertion]);
}
