// How a trigger listens that is told things as they happen: since when, of when the last was, what keeps it from that.
import type { Schedule } from "@/api/schedules";
import { When } from "@/components/When";

export function Listening({ schedule }: { schedule: Schedule }) {
  const shown = schedule.listening;
  if (!shown || schedule.status !== "active") return null;
  if (shown.error) return <>{shown.error}</>;
  if (!shown.since) return <>nobody listens now</>;
  return (
    <>
      listening since <When at={shown.since} />
      {shown.item_at && (
        <>
          , last item <When at={shown.item_at} />
        </>
      )}
    </>
  );
}
