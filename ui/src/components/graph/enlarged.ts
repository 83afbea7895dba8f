/** Of what is read along with the graph, whatever it is seen from. */
const LEGIBLE = 0.9;
const MOST = 2;
/** Few steps: what is drawn in one size stays as it is while the view comes nearer. */
const STEP = 0.25;

/** How many times larger than life small text is drawn at a zoom. */
export function enlarged(zoom: number): number {
  return Math.min(MOST, Math.max(1, Math.ceil(LEGIBLE / zoom / STEP) * STEP));
}
