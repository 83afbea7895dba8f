// A moment: how long ago, or when; the whole of it with the zone in the tooltip.
import { distance, shortTime, wholeTime } from "@/format/time";
import { useNow } from "@/format/useNow";

export function When({ at, exact = false }: { at: string; exact?: boolean }) {
  const moment = new Date(at);
  const text = useNow((now) => (exact ? null : distance(moment, now)) ?? shortTime(moment, now));
  return (
    <time dateTime={at} title={wholeTime(moment)}>
      {text}
    </time>
  );
}
