// The way of a wire from one side to the other, and how far from it something is.

/** Out to the right, in from the left; where it has to go back, in a wider bow. */
export function wirePath(x1: number, y1: number, x2: number, y2: number): string {
  const [a, b] = bends(x1, x2);
  return `M${x1},${y1}C${a},${y1} ${b},${y2} ${x2},${y2}`;
}

function bends(x1: number, x2: number): [number, number] {
  const along = x2 - x1;
  const bend = along >= 0 ? Math.max(Math.min(40, along), along / 2) : Math.min(220, 40 - along / 2);
  return [x1 + bend, x2 - bend];
}

/** How far a point is from the wire, as far as it matters where something is dropped. */
export function distanceToWire(
  x: number,
  y: number,
  [x1, y1, x2, y2]: readonly [number, number, number, number],
): number {
  const [a, b] = bends(x1, x2);
  let nearest = Infinity;
  for (let at = 0; at <= 1; at += 1 / 20) {
    const u = 1 - at;
    const px = u * u * u * x1 + 3 * u * u * at * a + 3 * u * at * at * b + at * at * at * x2;
    const py = u * u * u * y1 + 3 * u * u * at * y1 + 3 * u * at * at * y2 + at * at * at * y2;
    nearest = Math.min(nearest, Math.hypot(px - x, py - y));
  }
  return nearest;
}
