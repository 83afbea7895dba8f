// For who has left the first steps: where they were, until they go on or say that they will not.
import { Button } from "@mantine/core";
import { perform } from "@/actions/actions";
import { useMay } from "@/api/me";
import classes from "@/pages/home/FirstSteps.module.css";
import { currentStep, STEPS, useTour } from "@/tour/tour";
import { OpenTour } from "@/tour/TourSlot";

export function GoOn() {
  const { tour, change } = useTour();
  const mayEdit = useMay("editor");
  const step = currentStep(tour);
  if (!mayEdit || tour.isOn || tour.isOver || tour.done.length === 0 || step === undefined) return null;
  return (
    <section className={classes.goOn} aria-label="First steps left">
      <p>
        You left the first steps at {STEPS.indexOf(step) + 1} of {STEPS.length}
        {tour.workflow !== null && (
          <>
            , with <b>{tour.workflow}</b>
          </>
        )}
        .
      </p>
      <Button size="xs" variant="subtle" onClick={() => change({ isOver: true })}>
        No, thanks
      </Button>
      <Button size="xs" variant="default" onClick={() => perform(OpenTour)}>
        Go on
      </Button>
    </section>
  );
}
