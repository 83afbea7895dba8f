// From far away a large workflow is one picture instead of a thousand elements: when, and how its names are written.

/** Fewer nodes are drawn as they are at any zoom. */
const MANY = 150;
const FAR_ZOOM = 0.3;

export function isFar(zoom: number, nodes: number): boolean {
  return zoom < FAR_ZOOM && nodes > MANY;
}

export interface FarBox {
  readonly key: string;
  readonly kind: "step" | "container" | "group" | "note";
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** On the screen, in pixels. */
export const FAR_TEXT = 10;
const LETTER = 5.6;
const PADDING = 4;
const FEWEST_LETTERS = 5;

/** As much of a name as can be read in a box that is so large on the screen; empty where too little of it could be. */
export function nameIn(title: string, width: number, height: number): string {
  const room = Math.floor((width - 2 * PADDING) / LETTER);
  const fits = Math.min(room, title.length);
  if (height < FAR_TEXT + 2 || fits < Math.min(FEWEST_LETTERS, title.length)) return "";
  return title.length <= room ? title : `${title.slice(0, Math.max(0, room - 1))}…`;
}
