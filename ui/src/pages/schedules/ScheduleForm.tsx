// A schedule made or changed: of which workflow, when, in which zone, and what of times that were missed.
import { Button, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { workflowList } from "@/api/workflows";
import { ProblemNotice } from "@/components/ProblemNotice";
import { tell } from "@/components/notices";
import { zone } from "@/format/time";
import { CronBuilder } from "@/pages/schedules/CronBuilder";
import { secondsOf } from "@/pages/schedules/cronFields";
import { NextTimes, useIsGoodCron } from "@/pages/schedules/NextTimes";
import { type CatchUp, DEFAULT_TIMING, saveSchedule, type Timing } from "@/pages/schedules/saveSchedule";
import classes from "@/pages/schedules/ScheduleForm.module.css";

const ZONES = [...new Set([zone, "UTC", ...Intl.supportedValuesOf("timeZone")])];
const CATCH_UPS = [
  { value: "last", label: "Run once for them" },
  { value: "all", label: "Run once for each" },
  { value: "skip", label: "Leave them out" },
];

interface Props {
  /** Of which the schedule is, where that is known. */
  workflow?: string | undefined;
  /** To change: the deployment, the node and what it says. */
  changed?: { deployment: string; node: string; timing: Timing };
  onClose: () => void;
}

export function ScheduleForm({ workflow: given, changed, onClose }: Props) {
  const client = useQueryClient();
  const [workflow, setWorkflow] = useState<string | null>(given ?? null);
  const [timing, setTiming] = useState<Timing>(changed?.timing ?? { ...DEFAULT_TIMING, timezone: zone });
  const [jitter, setJitter] = useState(timing.jitter === 0 ? "" : String(timing.jitter));
  const seconds = secondsOf(jitter);
  const isGood = useIsGoodCron(timing.cron, timing.timezone);
  const save = useMutation({
    mutationFn: () =>
      saveSchedule(workflow ?? "", changed?.node ?? null, { ...timing, jitter: seconds ?? 0 }, changed?.deployment ?? null),
    onSuccess: async () => {
      tell(changed === undefined ? `${workflow} runs on time now.` : "The schedule is changed.");
      for (const queryKey of [keys.schedules.all, keys.deployments.all, keys.workflows.all]) {
        void client.invalidateQueries({ queryKey });
      }
      onClose();
    },
  });
  const isReady = workflow !== null && isGood && seconds !== null;
  return (
    <form
      className={classes.form}
      aria-label={changed === undefined ? "New schedule" : `Schedule of ${changed.deployment}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) save.mutate();
      }}
    >
      <div className={classes.columns}>
        <div className={classes.fields}>
          {given === undefined && <WorkflowSelect value={workflow} onChange={setWorkflow} />}
          <CronBuilder cron={timing.cron} onChange={(cron) => setTiming({ ...timing, cron })} />
          <div className={classes.beside}>
            <Select
              label="Time zone"
              data={ZONES.includes(timing.timezone) ? ZONES : [timing.timezone, ...ZONES]}
              value={timing.timezone}
              onChange={(value) => setTiming({ ...timing, timezone: value ?? zone })}
              searchable
              limit={60}
              allowDeselect={false}
              nothingFoundMessage="No such zone"
            />
            <TextInput
              label="Jitter"
              description="Starts up to so much later, so that not all start at once."
              placeholder="none, 30 s, 5m"
              value={jitter}
              error={seconds === null ? "Write seconds, or such as 5m." : null}
              onChange={(event) => setJitter(event.currentTarget.value)}
            />
            <Select
              label="Missed times"
              description="While the server was not running."
              data={CATCH_UPS}
              value={timing.catchUp}
              onChange={(value) => setTiming({ ...timing, catchUp: (value as CatchUp | null) ?? "last" })}
              allowDeselect={false}
            />
          </div>
        </div>
        <NextTimes cron={timing.cron} timezone={timing.timezone} />
      </div>
      {save.error !== null && <ProblemNotice error={save.error} />}
      <div className={classes.buttons}>
        <Button type="submit" disabled={!isReady} loading={save.isPending}>
          {changed === undefined ? "Create schedule" : "Save schedule"}
        </Button>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <p>
          {changed === undefined
            ? "Publishes the workflow with this time, and deploys it."
            : "Publishes a new version of the workflow; its deployment goes on with it."}
        </p>
      </div>
    </form>
  );
}

function WorkflowSelect({ value, onChange }: { value: string | null; onChange: (name: string | null) => void }) {
  const { data } = useQuery(workflowList({ limit: 200 }));
  const names = (data?.items ?? []).filter((one) => one.version !== null).map((one) => one.name);
  return (
    <Select
      label="Workflow"
      description="What is to run. Only published ones are here."
      placeholder="Choose one"
      required
      data={names}
      value={value}
      onChange={onChange}
      searchable
      nothingFoundMessage="No such workflow"
    />
  );
}
