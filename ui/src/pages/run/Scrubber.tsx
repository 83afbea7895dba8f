// The run through time: a slider over its events, and keys that step from one to the next.
import { ActionIcon } from "@mantine/core";
import { ChevronLeft, ChevronRight, Radio } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useActions } from "@/actions/useActions";
import { Keys } from "@/components/Keys";
import { oneLine } from "@/format/text";
import { duration } from "@/format/time";
import type { LiveEvent } from "@/live/event";
import { type Recording, stepFrom } from "@/record/recording";
import classes from "@/pages/run/Scrubber.module.css";

interface Props {
  recording: Recording;
  /** All events there are. */
  count: number;
  /** How many of them have happened in what is shown. */
  shown: number;
  /** The same, as it will be: keys that come quickly are ahead of what is drawn. */
  placeNow: () => number;
  isNow: boolean;
  isOver: boolean;
  onShow: (count: number | null) => void;
}

export function Scrubber({ recording, count, shown, placeNow, isNow, isOver, onShow }: Props) {
  const step = useCallback(
    (way: 1 | -1) => {
      const next = stepFrom(recording, placeNow(), way);
      onShow(next >= count && way === 1 ? null : Math.max(1, next));
    },
    [recording, placeNow, count, onShow],
  );
  useActions(
    useMemo(
      () => [
        { id: "run.back", title: "One step back in time", section: "Run", keys: "[", run: () => step(-1) },
        { id: "run.on", title: "One step on in time", section: "Run", keys: "]", run: () => step(1) },
        { id: "run.now", title: "Back to now", section: "Run", run: () => onShow(null), refusal: isNow ? "It is shown as it is now." : null },
      ],
      [step, isNow, onShow],
    ),
  );
  const event = recording.events[shown - 1];
  const began = Date.parse(recording.events[0]?.at ?? "");
  const words = event === undefined ? "" : wordsOf(event);
  return (
    <div className={classes.scrubber} role="group" aria-label="Time">
      <ActionIcon aria-label="One step back" title="One step back  [" onClick={() => step(-1)} disabled={shown <= 1}>
        <ChevronLeft size={16} />
      </ActionIcon>
      <ActionIcon aria-label="One step on" title="One step on  ]" onClick={() => step(1)} disabled={isNow}>
        <ChevronRight size={16} />
      </ActionIcon>
      <input
        type="range"
        aria-label="Moment of the run"
        aria-valuetext={`${shown} of ${count}: ${words}`}
        min={1}
        max={Math.max(1, count)}
        value={shown}
        onChange={(change) => {
          const next = Number(change.currentTarget.value);
          onShow(next >= count ? null : next);
        }}
      />
      <span className={classes.moment} aria-live="off">
        <b>{event === undefined ? "" : `+${duration(Math.max(0, Date.parse(event.at) - began))}`}</b> {words}
      </span>
      <span className={classes.keys}>
        <Keys keys="[" /> <Keys keys="]" />
      </span>
      <button type="button" className={classes.now} aria-pressed={isNow} onClick={() => onShow(null)}>
        <Radio size={13} aria-hidden="true" />
        {isOver ? "End" : "Live"}
      </button>
    </div>
  );
}

const WORDS: Readonly<Record<string, string>> = {
  "run.queued": "the run waits for its turn",
  "run.started": "the run starts",
  "run.suspended": "the run waits",
  "run.resumed": "the run goes on",
  "run.retried": "the run is tried again",
  "run.cancelling": "the run is being cancelled",
  "node.started": "starts",
  "node.completed": "is done",
  "node.failed": "fails",
  "node.retried": "will be tried again",
  "node.waiting": "waits",
  "node.paused": "stands at a breakpoint",
  "node.continued": "goes on",
  "breakpoints.changed": "breakpoints are changed",
  "node.in_doubt": "is in doubt",
  "node.resolved": "is resolved",
  "node.skipped": "is skipped",
  "node.cancelled": "is cancelled",
  "node.reset": "starts over in another version",
};

const ENDS: Readonly<Record<string, string>> = {
  completed: "the run is done",
  failed: "the run fails",
  cancelled: "the run is cancelled",
};

/** What happened, in a few words. */
export function wordsOf(event: LiveEvent): string {
  if (event.type === "run.finished") return ENDS[event.data.status] ?? "the run ends";
  if (event.type === "run.moved") return "the run moves to another version";
  if (event.type === "log") return `${event.path}: ${oneLine(event.data.message)}`;
  const words = WORDS[event.type] ?? event.type;
  return event.path === "" ? words : `${event.path} ${words}`;
}
