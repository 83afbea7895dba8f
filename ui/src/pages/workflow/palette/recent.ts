// The node types that somebody used lately, the last first; kept in this browser.
const KEY = "treadle-recent-types";
const MOST = 8;

export function recentTypes(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export function remember(type: string): void {
  const kept = [type, ...recentTypes().filter((one) => one !== type)].slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Without a place to keep it, it is only convenience that is lost.
  }
}
