// In the body of a loop: which of its iterations the values are of.
import { ActionIcon } from "@mantine/core";
import { ChevronLeft, ChevronRight } from "lucide-react";
import classes from "@/pages/workflow/inspector/data/DataTab.module.css";
import type { AroundNode } from "@/pages/workflow/inspector/useLastValues";

export function IterationStepper({ around }: { around: AroundNode }) {
  const { iteration, iterations, setIteration } = around;
  if (iterations < 2) return null;
  return (
    <span className={classes.stepper}>
      <ActionIcon size={24} aria-label="Iteration before" disabled={iteration === 0} onClick={() => setIteration(iteration - 1)}>
        <ChevronLeft size={14} />
      </ActionIcon>
      Iteration {iteration + 1} of {iterations}
      <ActionIcon
        size={24}
        aria-label="Next iteration"
        disabled={iteration === iterations - 1}
        onClick={() => setIteration(iteration + 1)}
      >
        <ChevronRight size={14} />
      </ActionIcon>
    </span>
  );
}
