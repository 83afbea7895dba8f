// Something that is done soon, once, however often it is asked for meanwhile.
import { useEffect, useRef } from "react";

/** Do it within so many milliseconds, however often it is asked for. */
export function useSoon(wait: number, work: () => void): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef(work);
  useEffect(() => {
    latest.current = work;
  });
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      latest.current();
    }, wait);
  };
}
