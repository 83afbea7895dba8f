// The moment that is shown: the run as it stood then, or now.
import { useCallback, useMemo } from "react";
import type { Run } from "@/api/run";
import { NOTHING_YET } from "@/record/history";
import { placeOf } from "@/record/recording";
import { seedOf } from "@/record/seed";
import type { useRecord } from "@/record/useRecord";

export function useMoment(record: ReturnType<typeof useRecord>, run: Run, at: string | null, set: (change: { at: string | null }) => void) {
  const { recording, count, stateAt, isWhole } = record;
  const shown = isWhole ? placeOf(recording, count, at) : count;
  const isNow = shown >= count;
  // `count` is what changes when the recording grows.
  const now = useMemo(() => stateAt(count) ?? seedOf(run) ?? NOTHING_YET, [stateAt, count, run]);
  const state = useMemo(() => (isNow ? now : (stateAt(shown) ?? now)), [stateAt, shown, isNow, now]);
  const show = useCallback(
    (next: number | null) => set({ at: next === null || next >= count ? null : (recording.events[next - 1]?.id ?? null) }),
    [set, recording, count],
  );
  return { now, state, shown, isNow, show };
}
