// One variant of a sweep as a backtest of its own.
import { type Chosen, type Detail, requestOf, type StartBacktest } from "@/api/backtestTypes";

/** What was asked for, with these values, and nothing to search. */
export function variantOf(of: Pick<Detail, "request" | "workflow">, values: Chosen): StartBacktest {
  const { sweep: _sweep, walk_forward: _walk, monte_carlo: _courses, spread: _spread, ...rest } = requestOf(of);
  const set: Record<string, unknown> = { ...(rest.set ?? {}) };
  const input: Record<string, unknown> = { ...(rest.input ?? {}) };
  for (const [name, value] of Object.entries(values)) {
    if (name.startsWith("input.")) input[name.slice("input.".length)] = value;
    else set[name] = value;
  }
  return {
    ...rest,
    workflow: of.workflow,
    data: rest.data ?? [],
    ...(Object.keys(set).length > 0 ? { set } : {}),
    ...(Object.keys(input).length > 0 ? { input } : {}),
  };
}
