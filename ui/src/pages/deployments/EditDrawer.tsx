// A deployment changed while it runs: what becomes of the runs that wait is shown before anything is applied.
import { Button, Drawer, SegmentedControl } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleX, RotateCcw } from "lucide-react";
import { useState } from "react";
import { type Deployment, deploymentForEdit, type MovingRun, movesOf, updateDeployment } from "@/api/deployments";
import { keys } from "@/api/keys";
import { toProblem } from "@/api/problem";
import { Loaded } from "@/components/Loaded";
import { tell } from "@/components/notices";
import { counted } from "@/format/number";
import { isSettled } from "@/pages/deployments/confirmation";
import { DeploymentFields } from "@/pages/deployments/DeploymentFields";
import classes from "@/pages/deployments/Drawer.module.css";
import { changesIn, formOf, toUpdate } from "@/pages/deployments/form";
import { Refused } from "@/pages/deployments/Refused";

export function EditDrawer({ name, onClose }: { name: string; onClose: () => void }) {
  const query = useQuery({ ...deploymentForEdit(name), refetchOnWindowFocus: false });
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      classNames={{ title: classes.title ?? "" }}
      title={`Edit ${name}`}
    >
      <Loaded query={query} lines={6}>
        {({ deployment, etag }) => <EditForm key={etag} deployment={deployment} etag={etag} onClose={onClose} />}
      </Loaded>
    </Drawer>
  );
}

interface Props {
  deployment: Deployment;
  etag: string | null;
  onClose: () => void;
}

function EditForm({ deployment, etag, onClose }: Props) {
  const client = useQueryClient();
  const [form, setForm] = useState(() => formOf(deployment));
  const [waiting, setWaiting] = useState<"keep" | "move">("keep");
  const [confirmed, setConfirmed] = useState<string | null>(null);
  const update = toUpdate(deployment, form, waiting);
  const changes = changesIn(update);
  const sending = useMutation({
    mutationFn: () => updateDeployment(deployment.name, { ...update, confirm: confirmed }, etag),
    onSuccess: async () => {
      onClose();
      tell(`${deployment.name} is changed.`);
      await client.invalidateQueries({ queryKey: keys.deployments.all });
      await client.invalidateQueries({ queryKey: keys.runs.all });
    },
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        sending.mutate();
      }}
    >
      <DeploymentFields
        workflow={deployment.workflow}
        form={form}
        onChange={(changed) => setForm((before) => ({ ...before, ...changed }))}
        issues={sending.error === null ? [] : toProblem(sending.error).issues}
        isChange
      />
      <section className={classes.preview} aria-label="What this does">
        <h3>What this does</h3>
        <p>
          {changes.length === 0
            ? "Nothing is changed yet."
            : `Changes ${changes.join(", ")}. The next run is by that; runs under way finish as they began.`}
        </p>
        <Moves name={deployment.name} version={form.version} waiting={waiting} onWaiting={setWaiting} />
      </section>
      <Refused error={sending.error} confirmed={confirmed} onConfirm={setConfirmed} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={changes.length === 0 || !isSettled(sending.error, confirmed)} loading={sending.isPending}>
          Apply
        </Button>
      </div>
    </form>
  );
}

interface MovesProps {
  name: string;
  version: string;
  waiting: "keep" | "move";
  onWaiting: (waiting: "keep" | "move") => void;
}

function Moves({ name, version, waiting, onWaiting }: MovesProps) {
  const moves = useQuery(movesOf(name, version));
  return (
    <Loaded query={moves} lines={2}>
      {({ runs }) =>
        runs.length === 0 ? (
          <p>No run waits on another version: none has to move.</p>
        ) : (
          <>
            <p>{counted(runs.length, "run waits", "runs wait")} on another version.</p>
            <SegmentedControl
              aria-label="Runs that wait"
              data={[
                { value: "keep", label: "Finish as they began" },
                { value: "move", label: "Move to this version" },
              ]}
              value={waiting}
              onChange={(value) => onWaiting(value === "move" ? "move" : "keep")}
            />
            {waiting === "move" && (
              <ul className={classes.moves} aria-label="Runs that move">
                {runs.map((run) => (
                  <Move key={run.run_id} run={run} />
                ))}
              </ul>
            )}
          </>
        )
      }
    </Loaded>
  );
}

function Move({ run: { run_id, can_move, again = [], message } }: { run: MovingRun }) {
  const can = !can_move ? "no" : again.length > 0 ? "again" : "yes";
  const Icon = { no: CircleX, again: RotateCcw, yes: CircleCheck }[can];
  return (
    <li data-can={can}>
      <Icon size={14} aria-hidden="true" />
      <span>
        <code>{run_id}</code>{" "}
        {can === "no" && `cannot move, and finishes as it began. ${message ?? ""}`}
        {can === "again" && `moves; ${again.join(", ")} ${again.length === 1 ? "starts" : "start"} over.`}
        {can === "yes" && "moves, and goes on where it waits."}
      </span>
    </li>
  );
}
