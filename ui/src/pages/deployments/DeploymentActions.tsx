// Start, pause, stop, edit, clone, delete: what whoever is here may do with a deployment.
import { ActionIcon, Button, Checkbox, Menu } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, CircleStop, CopyPlus, Ellipsis, GitCompareArrows, OctagonX, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import {
  type Deployment,
  deleteDeployment,
  pauseDeployment,
  startDeployment,
  stopDeployment,
} from "@/api/deployments";
import { keys } from "@/api/keys";
import { useLeave } from "@/api/levels";
import { definitionOf } from "@/api/versions";
import { Allowed } from "@/components/Allowed";
import { FormDialog } from "@/components/FormDialog";
import { tell, tellProblem } from "@/components/notices";
import { compareAddress } from "@/pages/deployments/address";
import { CloneDialog } from "@/pages/deployments/CloneDialog";
import { type Asked, askedIn, placesOrders } from "@/pages/deployments/confirmation";
import { EditDrawer } from "@/pages/deployments/EditDrawer";
import { HaltDialog } from "@/pages/deployments/HaltDialog";
import { StartDialog } from "@/pages/deployments/StartDialog";

type Open = "edit" | "clone" | "stop" | "halt" | "delete" | null;

export function DeploymentActions({ deployment }: { deployment: Deployment }) {
  const { name, status } = deployment;
  const operate = useLeave(deployment.workflow, "operate");
  const edit = useLeave(deployment.workflow, "edit");
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Open>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const version = deployment.version ?? "latest";
  // What the picture of the workflow has read anyway.
  const definition = useQuery({ ...definitionOf(deployment.workflow, version, deployment.version ?? ""), enabled: false });
  const control = useMutation({
    mutationFn: (send: () => Promise<unknown>) => send(),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.deployments.all }),
    onError: (error) => {
      const stakes = askedIn(error);
      if (stakes === null) tellProblem(error);
      else setAsked(stakes);
    },
  });
  const close = () => setOpen(null);
  if (!operate.isOffered) return null;
  return (
    <>
      <Allowed refusal={operate.refusal}>
        {status === "active" ? (
          <Button
            variant="default"
            size="xs"
            leftSection={<CirclePause size={15} />}
            aria-label={`Pause ${name}`}
            loading={control.isPending}
            onClick={() => control.mutate(() => pauseDeployment(name))}
          >
            Pause
          </Button>
        ) : (
          <Button
            variant="default"
            size="xs"
            leftSection={<CirclePlay size={15} />}
            aria-label={`Start ${name}`}
            loading={control.isPending}
            onClick={() => control.mutate(() => startDeployment(name))}
          >
            Start
          </Button>
        )}
      </Allowed>
      {edit.isOffered && (
        <Allowed refusal={edit.refusal}>
          <Button
            variant="default"
            size="xs"
            leftSection={<Pencil size={14} />}
            aria-label={`Edit ${name}`}
            onClick={() => setOpen("edit")}
          >
            Edit
          </Button>
        </Allowed>
      )}
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={`More for ${name}`} ml="auto">
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<GitCompareArrows size={15} />}
            onClick={() => void navigate(compareAddress(name))}
          >
            Compare…
          </Menu.Item>
          {edit.isOffered && (
            <Menu.Item leftSection={<CopyPlus size={15} />} disabled={edit.refusal !== null} onClick={() => setOpen("clone")}>
              Clone…
            </Menu.Item>
          )}
          {deployment.halt === null && placesOrders(definition.data?.graph) && (
            <Menu.Item leftSection={<OctagonX size={15} />} disabled={operate.refusal !== null} onClick={() => setOpen("halt")}>
              Halt orders…
            </Menu.Item>
          )}
          {status !== "stopped" && (
            <Menu.Item leftSection={<CircleStop size={15} />} disabled={operate.refusal !== null} onClick={() => setOpen("stop")}>
              Stop…
            </Menu.Item>
          )}
          {edit.isOffered && (
            <>
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<Trash2 size={15} />} disabled={edit.refusal !== null} onClick={() => setOpen("delete")}>
                Delete…
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === "edit" && <EditDrawer name={name} onClose={close} />}
      {open === "clone" && <CloneDialog deployment={deployment} onClose={close} />}
      {open === "halt" && <HaltDialog name={name} onClose={close} />}
      {asked !== null && <StartDialog name={name} asked={asked} onClose={() => setAsked(null)} />}
      {open === "stop" && <StopDialog deployment={deployment} onClose={close} />}
      {open === "delete" && <DeleteDialog deployment={deployment} onClose={close} />}
    </>
  );
}

interface DialogProps {
  deployment: Deployment;
  onClose: () => void;
}

function StopDialog({ deployment: { name, under_way, queued }, onClose }: DialogProps) {
  const client = useQueryClient();
  const [cancels, setCancels] = useState(false);
  const send = async () => {
    await stopDeployment(name, cancels);
    await client.invalidateQueries({ queryKey: keys.deployments.all });
  };
  return (
    <FormDialog title={`Stop ${name}`} submit="Stop" isDangerous onSubmit={send} onClose={onClose}>
      <p>
        No run of it begins until it is started again.{" "}
        {queued > 0 ? `The ${queued} that wait their turn are cancelled. ` : ""}
        {under_way > 0 ? `${under_way} under way go on, unless you cancel them too.` : "None is under way."}
      </p>
      {under_way > 0 && (
        <Checkbox
          label="Cancel those under way too"
          checked={cancels}
          onChange={(event) => setCancels(event.currentTarget.checked)}
        />
      )}
    </FormDialog>
  );
}

function DeleteDialog({ deployment: { name }, onClose }: DialogProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const send = async () => {
    await deleteDeployment(name);
    await navigate("/deployments");
    await client.invalidateQueries({ queryKey: keys.deployments.all });
    tell(`${name} is deleted.`);
  };
  return (
    <FormDialog title={`Delete ${name}`} submit="Delete" isDangerous onSubmit={send} onClose={onClose}>
      <p>Its state and its figures go with it, and cannot be brought back. Its runs stay in the list of runs.</p>
    </FormDialog>
  );
}
