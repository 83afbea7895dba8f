// How an API key stands, and when a new one ends.
import type { ApiKey } from "@/api/apiKeys";

export type Standing = "active" | "expired" | "revoked";

export function keyStanding(key: Pick<ApiKey, "expires_at" | "revoked_at">, now: Date): Standing {
  if (key.revoked_at) return "revoked";
  return key.expires_at && new Date(key.expires_at) <= now ? "expired" : "active";
}

/** So many days from now; null: never. */
export function dayEnd(days: number | null, now = new Date()): string | null {
  return days === null ? null : new Date(now.getTime() + days * 86_400_000).toISOString();
}
