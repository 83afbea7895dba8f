// The present, moved on now and then: one clock for all that show how long ago something was.
import { useSyncExternalStore } from "react";

const TICK = 1000;
const listeners = new Set<() => void>();
let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    if (document.hidden) return;
    now = new Date();
    for (const one of listeners) one();
  }, TICK);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time to the second. What is chosen of it decides when a component is drawn again: `useNow(shown)`. */
export function useNow<T>(choose: (now: Date) => T): T {
  return useSyncExternalStore(subscribe, () => choose(now));
}
