// The next times that a cron would fire, as the clocks of its zone show them; or why it is none.
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fireTimesQuery } from "@/api/fireTimes";
import type { FireTime } from "@/api/schedules";
import { ProblemNotice } from "@/components/ProblemNotice";
import { zone as here } from "@/format/time";
import classes from "@/pages/schedules/NextTimes.module.css";
import { CHANGES, timeIn } from "@/pages/schedules/shownTime";

const SHOWN = 6;

/** Whether the server takes it is told by the same query that `useCronCheck` has. */
export function NextTimes({ cron, timezone }: { cron: string; timezone: string }) {
  const query = useCron(cron, timezone);
  if (cron.trim() === "") return null;
  if (query.error !== null) return <ProblemNotice error={query.error} />;
  return (
    <section className={classes.next} aria-label="Next fire times" aria-busy={query.isFetching}>
      <h2>Next, in {timezone}</h2>
      <ol>
        {query.data?.items.map((one) => (
          <Time key={one.at} time={one} timezone={timezone} />
        ))}
      </ol>
      {query.data?.items.length === 0 && <p>It never comes.</p>}
    </section>
  );
}

/** Of what was typed a moment ago. */
function useCron(cron: string, timezone: string) {
  const [wanted] = useDebouncedValue(cron.trim(), 250);
  return useQuery({
    ...fireTimesQuery(wanted, timezone, SHOWN),
    enabled: wanted !== "",
    placeholderData: keepPreviousData,
  });
}

/** Whether it can be saved as it stands. */
export function useIsGoodCron(cron: string, timezone: string): boolean {
  const query = useCron(cron, timezone);
  return cron.trim() !== "" && query.error === null && query.data !== undefined && query.data.items.length > 0;
}

function Time({ time, timezone }: { time: FireTime; timezone: string }) {
  return (
    <li>
      <time dateTime={time.at}>{timeIn(time.at, timezone)}</time>
      {timezone !== here && <span className={classes.here}>{timeIn(time.at, here)} here</span>}
      {time.change && <span className={classes.change}>{CHANGES[time.change]}</span>}
    </li>
  );
}
