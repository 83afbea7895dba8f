// A few figures beside each other.
import type { Figure } from "@/pages/deployments/figures";
import classes from "@/pages/deployments/Figures.module.css";

export function Figures({ figures, isLarge = false }: { figures: readonly Figure[]; isLarge?: boolean }) {
  return (
    <dl className={classes.figures} data-large={isLarge || undefined}>
      {figures.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
