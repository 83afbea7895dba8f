// Where an expression stands: what may be written there, the values it can be tried with, and who takes what is inserted.
import { createContext, useContext } from "react";
import type { FieldKind } from "@/model/catalogue";
import type { Samples } from "@/model/completion";
import type { ExpressionContext } from "@/model/expressionContext";

/** Writes a reference (`nodes.fetch.body`) at the cursor. */
export type Insert = (reference: string) => void;

/** A field that is evaluated for each of several items is tried with one of them. */
export interface Items {
  readonly count: number;
  readonly at: number;
  readonly onChange: (at: number) => void;
}

export interface ExpressionPlace {
  /** For a field by its path in the form: `config.headers.Accept`, `when`. */
  readonly contextAt: (path: string) => ExpressionContext;
  /** What the field takes; undefined for one that never holds an expression. */
  readonly kindAt: (path: string) => FieldKind | undefined;
  readonly samples: Samples;
  readonly items?: Items | undefined;
  /** A field was gone into: it takes what is inserted from now on. */
  readonly focus: (insert: Insert) => void;
  /** Write a reference into the field that was gone into last; false where there was none. */
  readonly insert: (reference: string) => boolean;
}

export const Place = createContext<ExpressionPlace | null>(null);

export function usePlace(): ExpressionPlace | null {
  return useContext(Place);
}

/** What is dragged from the values. */
export const REFERENCE = "application/x-treadle-reference";
