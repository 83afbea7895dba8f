// A few figures beside each other.
import type { Figure } from "@/pages/deployments/figures";
import classes from "@/pages/deployments/Figures.module.css";

interface Props {
  figures: readonly Figure[];
  isLarge?: boolean;
  /** Beside what matters more. */
  isSmall?: boolean;
}

export function Figures({ figures, isLarge = false, isSmall = false }: Props) {
  return (
    <dl className={classes.figures} data-large={isLarge || undefined} data-small={isSmall || undefined}>
      {figures.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
