// How wide the inspector is: as it was left in this browser.

export const LEAST = 300;
export const MOST = 760;
const USUAL = 372;
const KEY = "treadle-inspector-width";

export function widthWithin(width: number): number {
  return Math.round(Math.min(MOST, Math.max(LEAST, width)));
}

/** What an arrow key makes of it; undefined for other keys. The panel is right of its edge: left is wider. */
export function widthByKey(key: string, width: number): number | undefined {
  const steps: Readonly<Record<string, number>> = { ArrowLeft: width + 24, ArrowRight: width - 24, Home: LEAST, End: MOST };
  const next = steps[key];
  return next === undefined ? undefined : widthWithin(next);
}

export function keptWidth(): number {
  const kept = Number(localStorage.getItem(KEY));
  return kept > 0 ? widthWithin(kept) : USUAL;
}

export function keepWidth(width: number): void {
  localStorage.setItem(KEY, String(width));
}
