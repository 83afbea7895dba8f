// Runs per day: a bar a day, what failed on top. Under the pointer, or chosen with the arrow keys, a day says its figures.
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { type RunDay, type RunDaysOf, runDays } from "@/api/bots";
import classes from "@/components/chart/RunDays.module.css";
import { barsOf, dayInWords, nameOfDay, runsInWords } from "@/components/chart/runDays";
import { Loaded } from "@/components/Loaded";
import { usePolling } from "@/live/useFreshCache";

interface Props {
  of?: RunDaysOf;
  /** In less height. */
  isLow?: boolean;
}

export function RunDays({ of = {}, isLow = false }: Props) {
  const query = useQuery({ ...runDays(of), refetchInterval: usePolling() });
  return (
    <Loaded query={query} lines={2}>
      {({ items }) => <Bars days={items} isLow={isLow} />}
    </Loaded>
  );
}

const STEP = 10;
const BAR = 7;
const HEIGHT = 100;

export function Bars({ days, isLow = false }: { days: readonly RunDay[]; isLow?: boolean }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const bars = barsOf(days);
  const under = chosen === null ? undefined : days[chosen];
  const said = under === undefined ? runsInWords(days) : `${nameOfDay(under.day)}: ${dayInWords(under)}`;
  const first = days[0];
  const last = days[days.length - 1];
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    setChosen((now) => Math.min(days.length - 1, Math.max(0, (now ?? days.length - (step < 0 ? 0 : 1)) + step)));
  };
  return (
    <div className={classes.chart} data-low={isLow || undefined}>
      <p className={classes.said}>{said}</p>
      <svg
        className={classes.bars}
        viewBox={`0 0 ${STEP * days.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        // It is looked through day by day.
        role="slider"
        aria-label="Runs per day"
        aria-valuemin={1}
        aria-valuemax={days.length}
        aria-valuenow={(chosen ?? days.length - 1) + 1}
        aria-valuetext={said}
        tabIndex={0}
        onKeyDown={move}
        onPointerLeave={() => setChosen(null)}
        onBlur={() => setChosen(null)}
      >
        {bars.map(({ day, completed, cancelled, failed, total }, at) => (
          <g key={day} className={classes.day} data-chosen={at === chosen || undefined}>
            <Part at={at} from={0} size={completed} tone="good" />
            <Part at={at} from={completed} size={cancelled} tone="idle" />
            <Part at={at} from={completed + cancelled} size={failed} tone="bad" />
            {total === 0 && <rect className={classes.none} x={at * STEP + (STEP - BAR) / 2} y={HEIGHT - 1.5} width={BAR} height={1.5} />}
            <rect
              className={classes.reach}
              x={at * STEP}
              y={0}
              width={STEP}
              height={HEIGHT}
              onPointerEnter={() => setChosen(at)}
              onPointerDown={() => setChosen(at)}
            />
          </g>
        ))}
      </svg>
      {first !== undefined && last !== undefined && (
        <p className={classes.ends} aria-hidden="true">
          <span>{nameOfDay(first.day)}</span>
          <span title="Days begin at midnight, UTC">today, UTC</span>
        </p>
      )}
    </div>
  );
}

interface PartProps {
  at: number;
  from: number;
  size: number;
  tone: "good" | "idle" | "bad";
}

function Part({ at, from, size, tone }: PartProps) {
  if (size === 0) return null;
  // A single failure among a thousand runs is still to be seen.
  const height = Math.max(size * HEIGHT, 2);
  return (
    <rect
      className={classes.part}
      data-tone={tone}
      x={at * STEP + (STEP - BAR) / 2}
      y={Math.max(0, HEIGHT - from * HEIGHT - height)}
      width={BAR}
      height={height}
    />
  );
}
