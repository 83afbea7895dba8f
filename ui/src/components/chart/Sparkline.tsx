// The course of something, small: for a card, beside the figure it belongs to.
import classes from "@/components/chart/Sparkline.module.css";
import { sparkline } from "@/components/chart/sparkline";
import { signOf } from "@/format/money";

const WIDTH = 240;
const HEIGHT = 32;

/** `label` says what it shows; without enough values nothing is drawn. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const line = sparkline(values, WIDTH, HEIGHT);
  if (line === null) return null;
  return (
    <svg
      className={classes.line}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      data-sign={signOf(values[values.length - 1] ?? 0)}
    >
      <path className={classes.area} d={line.area} />
      {line.zero !== null && <path className={classes.zero} d={`M0 ${line.zero}H${WIDTH}`} />}
      <path className={classes.stroke} d={line.path} />
    </svg>
  );
}
