// What of a drawing is brought into view: all of it, or its beginning where all of it could not be read.

export interface Sized {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Sized {
  readonly x: number;
  readonly y: number;
}

export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Not larger than life, however little there is. */
const LARGEST = 1;
const SMALLEST = 0.05;

/** All of the box, in the middle of the room. */
export function fitted(box: Box, room: Sized, margin: number): View {
  const wanted = Math.min(LARGEST, (room.width - 2 * margin) / box.width, (room.height - 2 * margin) / box.height);
  const zoom = Math.max(SMALLEST, wanted);
  return {
    x: room.width / 2 - (box.x + box.width / 2) * zoom,
    y: room.height / 2 - (box.y + box.height / 2) * zoom,
    zoom,
  };
}

/** All of it where it can be read; else from its left side on, with what is first in the middle of the height. */
export function fittedToRead(box: Box, first: Box, room: Sized, margin: number, readable: { least: number; zoom: number }): View {
  const whole = fitted(box, room, margin);
  if (whole.zoom >= readable.least) return whole;
  const { zoom } = readable;
  const isLow = box.height * zoom <= room.height - 2 * margin;
  const middle = isLow ? box.y + box.height / 2 : first.y + first.height / 2;
  return { x: margin / 2 - box.x * zoom, y: room.height / 2 - middle * zoom, zoom };
}

/** The leftmost of several, where reading begins. */
export function leftmost<T extends Box>(boxes: readonly T[]): T | undefined {
  return boxes.reduce<T | undefined>((best, one) => (best === undefined || one.x < best.x ? one : best), undefined);
}
