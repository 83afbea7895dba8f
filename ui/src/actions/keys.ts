// Keys: how they are written, shown, and recognised.

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

const SHOWN: Record<string, string> = isMac
  ? { mod: "⌘", shift: "⇧", alt: "⌥", enter: "↵", escape: "Esc", delete: "⌫" }
  : { mod: "Ctrl", shift: "Shift", alt: "Alt", enter: "Enter", escape: "Esc", delete: "Del" };

/** `["Ctrl", "K"]` for `mod+k`. */
export function shownKeys(keys: string): string[] {
  return partsOf(keys).map((key) => SHOWN[key] ?? (/^(.|f\d+)$/.test(key) ? key.toUpperCase() : key));
}

/** `mod+k` is two; `+` is a key too. */
function partsOf(keys: string): string[] {
  return keys.split(/\+(?!$)/).filter((part) => part !== "");
}

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

export function isPressed(keys: string, event: Pressed): boolean {
  const parts = partsOf(keys);
  const key = parts.at(-1) ?? "";
  const wanted = new Set(parts.slice(0, -1));
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  return (
    event.key.toLowerCase() === key &&
    mod === wanted.has("mod") &&
    event.altKey === wanted.has("alt") &&
    // A sign such as `?` is written with shift on many keyboards.
    (isSign || event.shiftKey === wanted.has("shift"))
  );
}

/** Whether somebody is writing there: single keys are theirs. */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable], .cm-editor") !== null;
}
