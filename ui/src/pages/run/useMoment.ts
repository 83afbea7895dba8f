// The moment that is shown: the run as it stood then, or now.
import { useCallback, useMemo } from "react";
import { NOTHING_YET } from "@/pages/run/history";
import type { useRecord } from "@/pages/run/useRecord";
import { seedOf } from "@/pages/run/seed";
import type { Run } from "@/api/run";

export function useMoment(record: ReturnType<typeof useRecord>, run: Run, at: string | null, set: (change: { at: string | null }) => void) {
  const { recording, count, stateAt, isWhole } = record;
  const found = at === null || !isWhole ? -1 : recording.events.findIndex((event) => event.id === at);
  const isNow = found < 0 || found + 1 >= count;
  const shown = isNow ? count : found + 1;
  // `count` is what changes when the recording grows.
  const now = useMemo(() => stateAt(count) ?? seedOf(run) ?? NOTHING_YET, [stateAt, count, run]);
  const state = useMemo(() => (isNow ? now : (stateAt(shown) ?? now)), [stateAt, shown, isNow, now]);
  const show = useCallback(
    (next: number | null) => set({ at: next === null || next >= count ? null : (recording.events[next - 1]?.id ?? null) }),
    [set, recording, count],
  );
  return { now, state, shown, isNow, show };
}
