// For who has no workflow yet: the three steps to one that runs.
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { perform } from "@/actions/actions";
import { useMay } from "@/api/me";
import { EmptyState } from "@/components/EmptyState";
import classes from "@/pages/home/FirstSteps.module.css";
import { OpenTour } from "@/tour/TourSlot";

export function FirstSteps() {
  const mayEdit = useMay("editor");
  if (!mayEdit) {
    return <EmptyState title="There is nothing to see yet">Once somebody makes a workflow, its runs appear here.</EmptyState>;
  }
  return (
    <div className={classes.first}>
      <EmptyState
        title="Weave your first workflow"
        action={
          <div className={classes.buttons}>
            <Button component={Link} to="/templates" variant="default">
              Start from a template
            </Button>
            <Button component={Link} to="/workflows" variant="default">
              New workflow
            </Button>
            <Button className={classes.tour ?? ""} onClick={() => perform(OpenTour)}>
              Take the first steps
            </Button>
          </div>
        }
      >
        Draw what should happen, run it and watch the values flow, then deploy it to run by itself. The first steps lead
        there in three minutes, on the real canvas.
      </EmptyState>
    </div>
  );
}
