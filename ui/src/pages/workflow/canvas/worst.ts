// Of several nodes that are shown as one, the status that somebody has to know of.

const BY_WEIGHT = ["failed", "in_doubt", "running", "waiting", "queued", "cancelled", "completed", "skipped"];

/** Undefined where none has one. */
export function worstOf(statuses: readonly (string | undefined)[]): string | undefined {
  return BY_WEIGHT.find((status) => statuses.includes(status));
}
