// What is shown as it stands in the address, and changes of it that come quickly: none is lost to one before it.
import { useCallback, useEffect, useRef } from "react";
import { useLocation, useSearchParams } from "react-router";

export type Change = Readonly<Record<string, string | null>>;

/** Milliseconds after which what was asked of the address is there, or never will be. */
const SETTLED = 1000;

/** What the address will be in a moment: it lags behind what was clicked. */
let ahead: { query: URLSearchParams; path: string; at: number } | null = null;

/** `query` with each name as given; null: without it. */
export function changed(query: URLSearchParams, change: Change): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  return next;
}

function awaited(shown: URLSearchParams, path: string): URLSearchParams {
  return ahead !== null && ahead.path === path && Date.now() - ahead.at < SETTLED ? ahead.query : shown;
}

export function useAddress() {
  const [query, setQuery] = useSearchParams();
  const { pathname } = useLocation();
  const shown = useRef(query);
  useEffect(() => {
    shown.current = query;
    if (ahead?.query.toString() === query.toString()) ahead = null;
  }, [query]);
  /** The address as it will be. */
  const latest = useCallback(() => awaited(shown.current, pathname), [pathname]);
  const set = useCallback(
    (change: Change | ((query: URLSearchParams) => Change)) => {
      const before = latest();
      const next = changed(before, typeof change === "function" ? change(before) : change);
      ahead = { query: next, path: pathname, at: Date.now() };
      setQuery(next, { replace: true, preventScrollReset: true });
    },
    [latest, setQuery, pathname],
  );
  return { query, latest, set };
}
