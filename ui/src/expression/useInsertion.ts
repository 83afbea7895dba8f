// Who takes what is inserted: the field that was gone into last.
import { useMemo, useRef } from "react";
import type { ExpressionPlace, Insert } from "@/expression/place";

export function useInsertion(): Pick<ExpressionPlace, "focus" | "insert"> {
  const target = useRef<Insert | null>(null);
  return useMemo(
    () => ({
      focus: (insert) => {
        target.current = insert;
      },
      insert: (reference) => {
        target.current?.(reference);
        return target.current !== null;
      },
    }),
    [],
  );
}
