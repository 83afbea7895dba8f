// Where there is room for one more node: at the wished place, or as far below it as it takes.

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Between two nodes that were put there without a hand. */
const GAP = 32;

export function freeSpot(taken: readonly Rectangle[], wished: Rectangle): { x: number; y: number } {
  let { y } = wished;
  for (;;) {
    const inTheWay = taken.filter((one) => isNear(one, { ...wished, y }));
    if (inTheWay.length === 0) return { x: wished.x, y };
    y = Math.max(...inTheWay.map((one) => one.y + one.height + GAP));
  }
}

function isNear(one: Rectangle, other: Rectangle): boolean {
  const isBeside = one.x + one.width + GAP <= other.x || other.x + other.width + GAP <= one.x;
  const isAbove = one.y + one.height + GAP <= other.y || other.y + other.height + GAP <= one.y;
  return !isBeside && !isAbove;
}
