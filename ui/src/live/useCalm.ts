// What changes with every frame, seen a few times a second: for what is dear to draw and is read at leisure.
import { useEffect, useRef, useState } from "react";

/** Pictures of everything, and lists of it. */
export const CALM = 160;

/** `value` as it was within the last `wait` milliseconds. The first change after a rest, and the last, are always seen. */
export function useCalm<T>(value: T, wait = CALM): T {
  const [seen, setSeen] = useState(value);
  const due = useRef(0);
  useEffect(() => {
    if (value === seen) return;
    const timer = setTimeout(
      () => {
        due.current = performance.now() + wait;
        setSeen(value);
      },
      Math.max(0, due.current - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [value, seen, wait]);
  return seen;
}
