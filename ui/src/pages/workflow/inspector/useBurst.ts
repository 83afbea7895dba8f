// What is typed shows at once and is taken over when the hand rests: the workflow does not change with every letter.
import { useEffect, useEffectEvent, useRef, useState } from "react";

const REST = 250;

export interface Burst<T> {
  /** As it is typed. */
  readonly value: T;
  readonly change: (value: T) => void;
  /** The field is left: take over now. */
  readonly flush: () => void;
}

/** `stored` is what is there; `apply` takes over what was typed. Whatever is left is taken over when it is gone from. */
export function useBurst<T>(stored: T, apply: (value: T) => void): Burst<T> {
  const [typed, setTyped] = useState<{ value: T } | null>(null);
  const left = useRef<{ value: T } | null>(null);
  const flush = () => {
    const rest = left.current;
    if (rest === null) return;
    left.current = null;
    apply(rest.value);
    setTyped(null);
  };
  const rested = useEffectEvent(flush);
  const gone = useEffectEvent(() => {
    const rest = left.current;
    left.current = null;
    if (rest !== null) apply(rest.value);
  });
  useEffect(() => {
    if (typed === null) return;
    const timer = window.setTimeout(() => rested(), REST);
    return () => window.clearTimeout(timer);
  }, [typed]);
  useEffect(() => () => gone(), []);
  const change = (value: T) => {
    left.current = { value };
    setTyped({ value });
  };
  return { value: typed === null ? stored : typed.value, change, flush };
}
