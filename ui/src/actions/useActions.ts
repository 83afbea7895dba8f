// A component's actions, there as long as it is.
import { useEffect, useEffectEvent } from "react";
import { type Action, mayRun, useRegistry } from "@/actions/actions";
import { isPressed, isWriting } from "@/actions/keys";

/** `actions` made with `useMemo`: a new array registers anew. */
export function useActions(actions: readonly Action[]): void {
  useEffect(() => useRegistry.getState().add(actions), [actions]);
}

/** The one listener for all shortcuts, in the frame. */
export function useShortcuts(): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    for (const action of useRegistry.getState().actions.values()) {
      if (action.keys === undefined || !isPressed(action.keys, event)) continue;
      const isSingle = !action.keys.includes("mod+");
      if (isSingle && isWriting(event.target)) continue;
      if (action.where === "canvas" && !isOnCanvas(event.target)) continue;
      event.preventDefault();
      if (mayRun(action)) action.run();
      return;
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

function isOnCanvas(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[data-canvas]") !== null;
}
