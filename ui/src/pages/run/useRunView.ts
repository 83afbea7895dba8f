// What of a run is shown: which node, in which rounds, at which moment. All of it is in the address.
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useSearchParams } from "react-router";
import { type Change, changed, choosing, readView, type RunView } from "@/pages/run/address";

/** Milliseconds after which what was asked of the address is there, or never will be. */
const SETTLED = 1000;

export function useRunView() {
  const [query, setQuery] = useSearchParams();
  const view = useMemo<RunView>(() => readView(query), [query]);
  const known = useRef(query);
  const wanted = useRef<{ query: URLSearchParams; at: number } | null>(null);
  useEffect(() => {
    known.current = query;
    if (wanted.current?.query.toString() === query.toString()) wanted.current = null;
  }, [query]);
  /** The address as it will be: keys that come quickly are ahead of it. */
  const latest = useCallback((): URLSearchParams => {
    const ahead = wanted.current;
    return ahead !== null && Date.now() - ahead.at < SETTLED ? ahead.query : known.current;
  }, []);
  const viewNow = useCallback(() => readView(latest()), [latest]);
  const set = useCallback(
    (change: Change) => {
      const next = changed(latest(), change);
      wanted.current = { query: next, at: Date.now() };
      setQuery(next, { replace: true, preventScrollReset: true });
    },
    [latest, setQuery],
  );
  const select = useCallback((runPath: string | null, more: Change = {}) => set({ ...choosing(viewNow(), runPath), ...more }), [set, viewNow]);
  return { view, viewNow, set, select };
}
