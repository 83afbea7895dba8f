// The line of a small chart.

export interface Line {
  /** Of an SVG path. */
  path: string;
  /** The same, closed down to the ground. */
  area: string;
  /** Where nothing was gained nor lost; null where that is not in sight. */
  zero: number | null;
}

export function sparkline(values: readonly number[], width: number, height: number, margin = 2): Line | null {
  if (values.length < 2) return null;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = height - 2 * margin;
  const y = (value: number) => round(high === low ? height / 2 : margin + ((high - value) / (high - low)) * room);
  const x = (at: number) => round((at / (values.length - 1)) * width);
  const path = values.map((value, at) => `${at === 0 ? "M" : "L"}${x(at)} ${y(value)}`).join("");
  return {
    path,
    area: `${path}L${width} ${height}L0 ${height}Z`,
    zero: low < 0 && high > 0 ? y(0) : null,
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
