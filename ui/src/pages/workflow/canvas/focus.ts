// The canvas has the keys again: after a field or a palette is left.
export function focusCanvas(): void {
  document.querySelector<HTMLElement>("[data-canvas='main']")?.focus({ preventScroll: true });
}
