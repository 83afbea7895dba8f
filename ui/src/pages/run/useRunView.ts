// What of a run is shown: which node, in which rounds, at which moment. All of it is in the address.
import { useCallback, useMemo } from "react";
import { type Change, useAddress } from "@/components/useAddress";
import { choosing, readView, type RunView } from "@/pages/run/address";

export function useRunView() {
  const { query, latest, set } = useAddress();
  const view = useMemo<RunView>(() => readView(query), [query]);
  const viewNow = useCallback(() => readView(latest()), [latest]);
  const select = useCallback(
    (runPath: string | null, more: Change = {}) => set((before) => ({ ...choosing(readView(before), runPath), ...more })),
    [set],
  );
  return { view, viewNow, set, select };
}
