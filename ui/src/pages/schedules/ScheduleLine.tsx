// One schedule: what runs when, the next three times, the last one; to pause, change and delete.
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { deleteDeployment, stopDeployment } from "@/api/deployments";
import { keys } from "@/api/keys";
import { useLeave } from "@/api/levels";
import { fireTimesOf, pauseSchedule, resumeSchedule, type Schedule } from "@/api/schedules";
import { Allowed } from "@/components/Allowed";
import { ConfirmButton } from "@/components/ConfirmButton";
import { Loaded } from "@/components/Loaded";
import { tell, tellProblem } from "@/components/notices";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { duration } from "@/format/time";
import { Listening } from "@/pages/schedules/Listening";
import { SCHEDULE, timingQuery } from "@/pages/schedules/saveSchedule";
import { ScheduleForm } from "@/pages/schedules/ScheduleForm";
import classes from "@/pages/schedules/ScheduleLine.module.css";
import { CHANGES, timeIn } from "@/pages/schedules/shownTime";

interface Props {
  schedule: Schedule;
  workflow: string | undefined;
}

export function ScheduleLine({ schedule, workflow }: Props) {
  const client = useQueryClient();
  const operate = useLeave(workflow, "operate");
  const edit = useLeave(workflow, "edit");
  const [isEditing, setEditing] = useState(false);
  const again = () =>
    Promise.all([keys.schedules.all, keys.deployments.all].map((queryKey) => client.invalidateQueries({ queryKey })));
  const toggle = useMutation({
    mutationFn: () => (schedule.status === "paused" ? resumeSchedule(schedule.name) : pauseSchedule(schedule.name)),
    onSuccess: again,
    onError: tellProblem,
  });
  const remove = async () => {
    if (schedule.status !== "stopped") await stopDeployment(schedule.deployment, false);
    await deleteDeployment(schedule.deployment);
    tell(`${schedule.deployment} is deployed no more. Its workflow and its runs are still there.`);
    await again();
  };
  return (
    <li className={classes.item}>
      <div className={classes.line}>
        <div className={classes.words}>
          <div className={classes.title}>
            <Link to={`/deployments/${encodeURIComponent(schedule.deployment)}`}>{schedule.name}</Link>
            <StatusBadge status={schedule.status} />
          </div>
          <p className={classes.when}>
            {schedule.when} {!schedule.listening && <span>· {schedule.timezone}</span>}
          </p>
          <p className={classes.detail}>
            {workflow !== undefined && (
              <span>
                runs <Link to={`/w/${encodeURIComponent(workflow)}`}>{workflow}</Link>
              </span>
            )}
            {schedule.jitter > 0 && <span>up to {duration(schedule.jitter * 1000)} later</span>}
            <span>
              {schedule.last_fired_at ? <>last <When at={schedule.last_fired_at} /></> : "has not fired yet"}
            </span>
            {schedule.listening && (
              <span>
                <Listening schedule={schedule} />
              </span>
            )}
          </p>
          {schedule.problem && <p className={classes.problem}>{schedule.problem}</p>}
        </div>
        <NextThree schedule={schedule} />
        {operate.isOffered && (
          <div className={classes.actions}>
            {edit.isOffered && (
              <ConfirmButton
                of={schedule.name}
                question={`${schedule.deployment} is deployed no more.`}
                onConfirm={remove}
                refusal={edit.refusal}
              >
                Delete
              </ConfirmButton>
            )}
            {edit.isOffered && schedule.type === SCHEDULE && !isEditing && (
              <Allowed refusal={edit.refusal}>
                <Button size="xs" variant="subtle" color="gray" aria-label={`Edit ${schedule.name}`} onClick={() => setEditing(true)}>
                  Edit
                </Button>
              </Allowed>
            )}
            {schedule.status !== "stopped" && (
              <Allowed refusal={operate.refusal}>
                <Button
                  className={classes.toggle ?? ""}
                  size="xs"
                  variant="default"
                  aria-label={`${schedule.status === "paused" ? "Resume" : "Pause"} ${schedule.name}`}
                  loading={toggle.isPending}
                  onClick={() => toggle.mutate()}
                >
                  {schedule.status === "paused" ? "Resume" : "Pause"}
                </Button>
              </Allowed>
            )}
          </div>
        )}
      </div>
      {isEditing && workflow !== undefined && (
        <Edit schedule={schedule} workflow={workflow} onClose={() => setEditing(false)} />
      )}
    </li>
  );
}

function NextThree({ schedule }: { schedule: Schedule }) {
  const stamp = `${schedule.next_at} ${schedule.status} ${schedule.when} ${schedule.timezone}`;
  const { data } = useQuery(fireTimesOf(schedule.name, 3, stamp));
  if (data === undefined || data.items.length === 0) return <div className={classes.next} />;
  return (
    <ol className={classes.next} aria-label={`Next times of ${schedule.name}`} data-resting={schedule.status !== "active" || undefined}>
      {data.items.map((one) => (
        <li key={one.at} title={one.change ? CHANGES[one.change] : undefined}>
          <time dateTime={one.at}>{timeIn(one.at, schedule.timezone)}</time>
          {one.change && <span> · clocks change</span>}
        </li>
      ))}
    </ol>
  );
}

function Edit({ schedule, workflow, onClose }: { schedule: Schedule; workflow: string; onClose: () => void }) {
  const query = useQuery(timingQuery(schedule.deployment, schedule.trigger));
  return (
    <div className={classes.edit}>
      <Loaded query={query}>
        {({ node, timing }) => (
          <ScheduleForm workflow={workflow} changed={{ deployment: schedule.deployment, node, timing }} onClose={onClose} />
        )}
      </Loaded>
    </div>
  );
}
