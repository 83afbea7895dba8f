// What an expression comes to with the last run's values, as the server evaluates it.
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Evaluated, evaluatedQuery } from "@/api/expressions";
import { toProblem } from "@/api/problem";
import type { ExpressionPlace } from "@/expression/place";
import { scopeFor } from "@/expression/scope";
import { hasExpression } from "@/expression/writing";
import type { ExpressionContext } from "@/model/expressionContext";
import type { Json } from "@/model/json";

export type Preview =
  | { readonly is: "nothing" }
  | { readonly is: "private" }
  | { readonly is: "waiting" }
  /** The last run has no value of these. */
  | { readonly is: "missing"; readonly names: readonly string[] }
  | { readonly is: "value"; readonly value: Json; readonly kind: string; readonly begins: string | null; readonly isOld: boolean }
  | { readonly is: "wrong"; readonly message: string; readonly remedy: string | null; readonly position: number | null };

const AFTER = 250;
const NOTHING: Preview = { is: "nothing" };

export function usePreview(text: string, context: ExpressionContext | undefined, place: ExpressionPlace | null): Preview {
  const [settled] = useDebouncedValue(text, AFTER);
  const mode = context?.mode;
  const isThere = mode === "expression" ? settled.trim() !== "" : hasExpression(settled);
  const asked = useMemo(
    () =>
      mode === undefined || place === null || context === undefined || !isThere
        ? null
        : scopeFor(settled, mode, place.samples, namesOf(context)),
    [settled, mode, place, context, isThere],
  );
  const isAsked = asked !== null && !asked.isPrivate && asked.missing.length === 0;
  const query = useQuery({
    ...evaluatedQuery(settled, mode === "template", asked?.scope ?? {}),
    enabled: isAsked,
    // The last value stays while the next one is worked out.
    placeholderData: (before: Evaluated | undefined) => before,
  });
  if (asked === null) return NOTHING;
  if (asked.isPrivate) return { is: "private" };
  if (asked.missing.length > 0) return { is: "missing", names: asked.missing };
  if (query.error !== null) return { is: "wrong", message: toProblem(query.error).message, remedy: null, position: null };
  return query.data === undefined ? { is: "waiting" } : shownOf(query.data, query.isPlaceholderData || settled !== text);
}

function shownOf({ value, kind, cut, error }: Evaluated, isOld: boolean): Preview {
  if (error) return { is: "wrong", message: error.message, remedy: error.remedy ?? null, position: isOld ? null : error.position };
  return { is: "value", value: (value ?? null) as Json, kind: kind ?? "null", begins: cut?.preview ?? null, isOld };
}

function namesOf(context: ExpressionContext): Set<string> {
  const names = context.names.map(({ name }) => name);
  return new Set([...names, "nodes", "steps", "workflow", "run", "input", ...(context.loop.length > 0 ? ["loop"] : [])]);
}
