// What a live deployment puts at stake, as the server asks for it to be confirmed.
import { toProblem } from "@/api/problem";
import { isObject } from "@/model/json";

export interface Stake {
  /** The profile that is spent from, or the venue where there is none. */
  name: string;
  provider: string;
  limits: readonly (readonly [string, string])[];
}

export interface Asked {
  /** What confirms it, word for word. */
  text: string;
  stakes: readonly Stake[];
}

/** What is to be confirmed before it can be done; null: something else was refused. */
export function askedIn(error: unknown): Asked | null {
  if (error === null || error === undefined) return null;
  const { code, details } = toProblem(error);
  const text = details["confirm"];
  if (code !== "confirmation_required" || typeof text !== "string") return null;
  const stakes = Array.isArray(details["stakes"]) ? details["stakes"].filter(isObject) : [];
  return {
    text,
    stakes: stakes.map(({ name, provider, limits }) => ({
      name: String(name),
      provider: String(provider),
      limits: isObject(limits) ? Object.entries(limits).map(([limit, value]) => [limit, String(value)] as const) : [],
    })),
  };
}

/** Whether what was refused may be tried again as it is: nothing is to be confirmed, or just that was. */
export function isSettled(error: unknown, confirmed: string | null): boolean {
  const asked = askedIn(error);
  return asked === null || asked.text === confirmed;
}

/** `max_order_notional` as people read it. */
export function limitWords(limit: string): string {
  const words = limit.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether a workflow has nodes that place orders: its kill switch keeps something. */
export function placesOrders(graph: unknown): boolean {
  return /"type":"order\./.test(JSON.stringify(graph ?? null));
}
