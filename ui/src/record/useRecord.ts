// Everything that happened in a run, as it happens, and the run as it was read.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { keys } from "@/api/keys";
import { runDetail } from "@/api/runs";
import { usePolling } from "@/live/useFreshCache";
import { EVERYTHING, runPath, useLive } from "@/live/useLive";
import { useSoon } from "@/live/useSoon";
import { applyAll, type RunState } from "@/record/history";
import { Recording } from "@/record/recording";
import { seedOf } from "@/record/seed";

const READ_AT_MOST_EVERY = 400;
const MANY = 5_000;
const VERY_MANY = 50_000;

/** The stream of a run ends with it: of one that goes on all the same it is followed behind the last event. */
export function useRecord(id: string) {
  const client = useQueryClient();
  const query = useQuery({ ...runDetail(id), refetchInterval: usePolling() });
  const [recording, setRecording] = useState(() => new Recording());
  const [count, setCount] = useState(0);
  const [after, setAfter] = useState<string | null>(null);
  // What has happened a hundred times over is not looked at anew with every frame.
  const countSoon = useSoon(recording.events.length > VERY_MANY ? 600 : 200, () => setCount(recording.events.length));
  const readSoon = useSoon(READ_AT_MOST_EVERY, () => {
    void client.invalidateQueries({ queryKey: keys.runs.one(id), exact: true });
    void client.invalidateQueries({ queryKey: keys.tasks.all });
  });
  const path = after === null ? runPath(id) : `${runPath(id)}?after=${encodeURIComponent(after)}`;
  const live = useLive(path, (events) => {
    const reset = events.findLastIndex((event) => event.type === "stream.reset");
    const target = reset < 0 ? recording : new Recording();
    target.add(events.slice(reset + 1));
    if (target !== recording) setRecording(target);
    if (target === recording && target.events.length > MANY) countSoon();
    else setCount(target.events.length);
    if (events.some((event) => event.type.startsWith("run.") || WAITS.has(event.type) || event.type === "stream.reset")) readSoon();
  });
  useLive(EVERYTHING, (events) => {
    if (live.state !== "over" || !events.some((event) => event.run_id === id && event.type !== "run.finished")) return;
    const last = recording.events.findLast((event) => event.id.includes("."));
    if (last !== undefined) setAfter(last.id);
    readSoon();
  });
  const isWhole = recording.isWhole;
  const run = query.data;
  const stateAt = useMemo(
    () =>
      (at: number): RunState | undefined => {
        if (isWhole) return recording.stateAt(Math.min(at, count));
        return run && applyAll(seedOf(run), recording.events.slice(0, count));
      },
    [isWhole, recording, count, run],
  );
  return { query, recording, count, isWhole, stateAt, live };
}

const WAITS = new Set(["node.paused", "node.continued", "breakpoints.changed", "node.waiting", "node.in_doubt", "node.resolved", "node.reset"]);
