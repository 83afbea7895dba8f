// Figures of a bot beside each other; what was gained or lost says so by its sign, and by colour.
import classes from "@/pages/deployments/bot/Bot.module.css";
import type { BotFigure } from "@/pages/deployments/bot/botFigures";
import figures from "@/pages/deployments/Figures.module.css";

interface Props {
  figures: readonly BotFigure[];
  isLarge?: boolean;
  isSmall?: boolean;
}

export function BotFiguresList({ figures: items, isLarge = false, isSmall = false }: Props) {
  return (
    <dl className={`${figures.figures} ${isSmall ? "" : classes.figures}`} data-large={isLarge || undefined} data-small={isSmall || undefined}>
      {items.map(({ label, value, sign, title }) => (
        <div key={label} title={title}>
          <dt>{label}</dt>
          <dd className={classes.figure} data-sign={sign}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
