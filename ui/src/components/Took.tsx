// How long something took, or has taken until now.
import { duration, elapsed } from "@/format/time";
import { useNow } from "@/format/useNow";

interface Props {
  ms?: number | null | undefined;
  /** Still under way since then. */
  since?: string | null | undefined;
}

export function Took({ ms, since }: Props) {
  const began = since ? new Date(since).getTime() : null;
  const text = useNow((now) => {
    if (ms !== null && ms !== undefined) return duration(ms);
    return began === null ? "–" : elapsed(now.getTime() - began);
  });
  return <span data-under-way={ms === null || ms === undefined || undefined}>{text}</span>;
}
