// The schedules of everything, or of one workflow; and a new one.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { deploymentList } from "@/api/deployments";
import { useMay } from "@/api/me";
import { scheduleList } from "@/api/schedules";
import { EmptyState } from "@/components/EmptyState";
import { Loaded } from "@/components/Loaded";
import { usePolling } from "@/live/useFreshCache";
import { ScheduleForm } from "@/pages/schedules/ScheduleForm";
import { ScheduleLine } from "@/pages/schedules/ScheduleLine";
import classes from "@/pages/schedules/SchedulesView.module.css";

interface Props {
  /** Only of this one. */
  workflow?: string;
  isMaking: boolean;
  onMaking: (isMaking: boolean) => void;
}

const LOOK_EVERY = 20_000;

export function SchedulesView({ workflow, isMaking, onMaking }: Props) {
  const mayEdit = useMay("editor");
  // A fire time that has passed makes no event of its own.
  const query = useQuery({ ...scheduleList, refetchInterval: usePolling() || LOOK_EVERY });
  const deployments = useQuery(deploymentList({ limit: 200 }));
  const workflowOf = (name: string) => deployments.data?.items.find((one) => one.name === name)?.workflow;
  return (
    <>
      {isMaking && <ScheduleForm workflow={workflow} onClose={() => onMaking(false)} />}
      <Loaded query={query}>
        {({ items }) => {
          const shown = workflow === undefined ? items : items.filter((one) => workflowOf(one.deployment) === workflow);
          if (shown.length > 0) {
            return (
              <ul className={classes.list} aria-label="Schedules">
                {shown.map((schedule) => (
                  <ScheduleLine key={schedule.name} schedule={schedule} workflow={workflowOf(schedule.deployment)} />
                ))}
              </ul>
            );
          }
          return isMaking ? null : (
            <EmptyState
              title={workflow === undefined ? "Nothing runs on time yet" : "It does not run on time"}
              action={mayEdit && <Button onClick={() => onMaking(true)}>New schedule</Button>}
            >
              A schedule starts runs of a workflow by the clock: every morning, each quarter of an hour, on the first of
              the month.
            </EmptyState>
          );
        }}
      </Loaded>
    </>
  );
}
