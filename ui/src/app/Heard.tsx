// Whether what happens on the server is heard here, as it happens.
import classes from "@/app/Heard.module.css";
import { useLiveState } from "@/live/useLive";

const WORDS = { connecting: "connecting…", lost: "reconnecting…", resting: "resting" } as const;

export function Heard({ role }: { role: string }) {
  const state = useLiveState();
  const word = state !== null && state in WORDS ? WORDS[state as keyof typeof WORDS] : null;
  return (
    <span className={classes.heard} data-state={state ?? undefined} role={word === null ? undefined : "status"}>
      {state === "open" ? `${role} · live` : (word ?? role)}
    </span>
  );
}
