// What an operation gives: its outcome, or in plain words why not.

export interface Refusal {
  readonly ok: false;
  /** A sentence for people. */
  readonly reason: string;
  /** What to do instead. */
  readonly remedy?: string;
}

export interface Done<T> {
  readonly ok: true;
  readonly value: T;
}

export type Result<T> = Done<T> | Refusal;

export function done<T>(value: T): Done<T> {
  return { ok: true, value };
}

export function refuse(reason: string, remedy?: string): Refusal {
  return remedy === undefined ? { ok: false, reason } : { ok: false, reason, remedy };
}

/** Names for a message: `a`, `b` and 3 more. */
export function listed(names: readonly string[], limit = 6): string {
  const shown = names
    .slice(0, limit)
    .map((name) => `\`${name}\``)
    .join(", ");
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}

/** `1 node`, `3 nodes`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
