// The way of a wire from one side to the other, and how much of it lies under something.

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

const STEPS = 60;

/** How much of a wire lies in a box that is smaller by `margin` on each side: from 0 to 1. */
export function shareInside(
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  margin: number,
): number {
  const [left, top] = [box.x + margin, box.y + margin];
  const [right, bottom] = [box.x + box.width - margin, box.y + box.height - margin];
  const [a, b] = bends(x1, x2);
  // The curve stays between its ends and bends.
  if (Math.max(x1, x2, a, b) < left || Math.min(x1, x2, a, b) > right) return 0;
  if (Math.max(y1, y2) < top || Math.min(y1, y2) > bottom) return 0;
  let inside = 0;
  for (let step = 0; step <= STEPS; step += 1) {
    const at = step / STEPS;
    const u = 1 - at;
    const x = u * u * u * x1 + 3 * u * u * at * a + 3 * u * at * at * b + at * at * at * x2;
    const y = u * u * u * y1 + 3 * u * u * at * y1 + 3 * u * at * at * y2 + at * at * at * y2;
    if (x >= left && x <= right && y >= top && y <= bottom) inside += 1;
  }
  return inside / (STEPS + 1);
}
