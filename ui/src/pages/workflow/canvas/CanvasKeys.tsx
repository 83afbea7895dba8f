// The keys of the canvas that are not each an action: arrows, and the second names of some.
import { useEffect, useEffectEvent } from "react";
import { perform } from "@/actions/actions";
import { isMac, isWriting } from "@/actions/keys";
import { useClipboard } from "@/pages/workflow/canvas/clipboard";
import { nudge, selectAlong, walkTo } from "@/pages/workflow/canvas/commands";
import type { Direction } from "@/pages/workflow/canvas/geometry";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

export function CanvasKeys() {
  useClipboard();
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const on = event.target instanceof Element ? event.target.closest("[data-canvas='main']") : null;
    if (on === null || isWriting(event.target) || event.defaultPrevented) return;
    const mod = isMac ? event.metaKey : event.ctrlKey;
    if (takes(event, mod)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKey(event);
    // Before the shortcuts, which listen to what rises.
    document.addEventListener("keydown", listen, { capture: true });
    return () => document.removeEventListener("keydown", listen, { capture: true });
  }, []);
  return null;
}

/** Whether the key was for us. */
function takes(event: KeyboardEvent, mod: boolean): boolean {
  const way = ARROWS[event.key];
  if (way !== undefined && !mod) {
    if (event.altKey) nudge(way);
    else if (event.shiftKey && (way === "left" || way === "right")) selectAlong(way === "left" ? "before" : "after");
    else walkTo(way);
    return true;
  }
  if (event.key === "Backspace") {
    perform(mod ? "canvas.reconnect" : "canvas.delete");
    return true;
  }
  if (mod && event.key.toLowerCase() === "y") {
    perform("canvas.redo");
    return true;
  }
  // The browser's own copy, cut and paste follow: `clipboard.ts` hears them.
  if (mod && !event.shiftKey && !event.altKey && ["c", "x", "v"].includes(event.key.toLowerCase())) {
    event.stopPropagation();
    return false;
  }
  if (event.key === "Escape") {
    setView({ menu: undefined });
    const { palette, isSearching, isExtracting } = useView.getState();
    if (palette !== undefined || isSearching || isExtracting) setView({ palette: undefined, isSearching: false, isExtracting: false });
    else useEditor.getState().select([]);
    return true;
  }
  return false;
}
