// From round to round of a container: step by step, to a certain one, or to the next that failed.
import { ActionIcon, Select } from "@mantine/core";
import { ChevronLeft, ChevronRight, CircleX } from "lucide-react";
import { counted } from "@/format/number";
import classes from "@/pages/run/RoundStepper.module.css";
import { nextFailed, roundBeside, type Stepping } from "@/pages/run/stepping";

interface Props {
  stepping: Stepping;
  onRound: (container: string, round: number) => void;
  isOnGraph?: boolean;
}

export function RoundStepper({ stepping, onRound, isOnGraph = false }: Props) {
  const { container, rounds, shown, failed } = stepping;
  const name = container.split("/").at(-1) ?? container;
  const [before, after] = [roundBeside(stepping, -1), roundBeside(stepping, 1)];
  const go = (round: number | undefined) => round !== undefined && onRound(container, round);
  const worst = nextFailed(stepping);
  return (
    <div className={classes.stepper} data-on-graph={isOnGraph || undefined} role="group" aria-label={`Rounds of ${name}`}>
      <span className={classes.name}>
        {isOnGraph || "Round of "}
        <b>{name}</b>
      </span>
      <ActionIcon size={28} variant="subtle" color="gray" aria-label={`Round of ${name} before`} title="Round before  ," disabled={before === undefined} onClick={() => go(before)}>
        <ChevronLeft size={15} />
      </ActionIcon>
      {isOnGraph ? (
        <span className={classes.at}>{`${rounds.indexOf(shown) + 1} of ${rounds.length}`}</span>
      ) : (
        <Select
          className={classes.which ?? ""}
          size="xs"
          aria-label={`Round of ${name}`}
          data={rounds.map((round) => ({ value: String(round), label: `${round + 1} of ${rounds.length}` }))}
          value={String(shown)}
          onChange={(round) => go(round === null ? undefined : Number(round))}
          allowDeselect={false}
          withCheckIcon={false}
        />
      )}
      <ActionIcon size={28} variant="subtle" color="gray" aria-label={`Next round of ${name}`} title="Next round  ." disabled={after === undefined} onClick={() => go(after)}>
        <ChevronRight size={15} />
      </ActionIcon>
      {worst !== undefined && worst !== shown && (
        <button type="button" className={classes.failed} onClick={() => go(worst)}>
          <CircleX size={13} aria-hidden="true" />
          {counted(failed.length, "failed round")}
        </button>
      )}
    </div>
  );
}
