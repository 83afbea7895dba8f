// Which run this is, how it stands, and what can be done to it.
import { Button, Menu } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowLeftRight, Ellipsis, Link2, Play, RadioTower, RotateCw, SquarePen, X } from "lucide-react";
import { useMemo, useState } from "react";
import { Link, useNavigate } from "react-router";
import type { Action } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import { keys } from "@/api/keys";
import { useMay } from "@/api/me";
import { type Run, runAgain } from "@/api/run";
import { cancelRun, retryRun } from "@/api/runs";
import { tell, tellProblem } from "@/components/notices";
import { StatusBadge } from "@/components/StatusBadge";
import { Took } from "@/components/Took";
import { When } from "@/components/When";
import type { LiveState } from "@/live/connection";
import classes from "@/pages/run/RunHeader.module.css";
import type { Doing } from "@/pages/run/useRunView";

interface Props {
  run: Run;
  status: string;
  live: LiveState;
  onDo: (doing: Doing) => void;
}

export function RunHeader({ run, status, live, onDo }: Props) {
  const workflow = `/w/${encodeURIComponent(run.workflow)}`;
  return (
    <header className={classes.header}>
      <title>{`${run.workflow} ${run.id} · Treadle`}</title>
      <div className={classes.words}>
        <h1>
          <Link to={workflow}>{run.workflow}</Link>
          <StatusBadge status={status} />
          {run.mode !== "live" && <span className={classes.mode}>{run.mode}</span>}
          {live === "lost" && <span className={classes.mode}>Not heard: connecting again</span>}
        </h1>
        <p>
          <code>{run.id}</code>
          <span>
            <When at={run.created_at} />
          </span>
          <span>
            {run.finished_at ? "took" : "for"} <Took ms={run.duration_ms} since={run.created_at} />
          </span>
          <span>
            version <code>{run.version}</code>
          </span>
          {run.trigger && <span>by {run.trigger}</span>}
          {run.deployment && (
            <span>
              in <Link to={`/deployments?deployment=${encodeURIComponent(run.deployment)}`}>{run.deployment}</Link>
            </span>
          )}
          {run.cancel_requested && status !== "cancelled" && <span>is being cancelled</span>}
        </p>
      </div>
      <RunActions run={run} status={status} onDo={onDo} />
    </header>
  );
}

function RunActions({ run, status, onDo }: Omit<Props, "live">) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayOperate = useMay("operator");
  const mayEdit = useMay("editor");
  const [isAsked, setAsked] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: keys.runs.all });
  const { mutate: cancel, isPending: isCancelling } = useMutation({ mutationFn: () => cancelRun(run.id), onSuccess: refresh, onError: tellProblem });
  const { mutate: retry, isPending: isRetrying } = useMutation({ mutationFn: () => retryRun(run.id), onSuccess: refresh, onError: tellProblem });
  const { mutate: again, isPending: isStarting } = useMutation({
    mutationFn: () => runAgain(run),
    onSuccess: (id) => void navigate(`/w/${encodeURIComponent(run.workflow)}/runs/${encodeURIComponent(id)}`),
    onError: tellProblem,
  });
  const isUnderWay = ["queued", "running", "suspended"].includes(status);
  const actions = useMemo<Action[]>(() => {
    const all: (Action | false)[] = [
      { id: "run.link", title: "Copy link", section: "Run", icon: Link2, run: () => void copyLink() },
      mayOperate && { id: "run.again", title: "Run again", section: "Run", icon: Play, run: () => again() },
      mayOperate && status === "failed" && { id: "run.retry", title: "Retry", section: "Run", icon: RotateCw, run: () => retry() },
      mayOperate && isUnderWay && { id: "run.signal", title: "Send a signal", section: "Run", icon: RadioTower, run: () => onDo("signal") },
      mayEdit && status === "suspended" && { id: "run.move", title: "Move to another version", section: "Run", icon: ArrowLeftRight, run: () => onDo("move") },
      { id: "run.edit", title: mayEdit ? "Edit the workflow" : "Open the workflow", section: "Run", icon: SquarePen, run: () => void navigate(`/w/${encodeURIComponent(run.workflow)}`) },
    ];
    return all.filter((one) => one !== false);
  }, [mayOperate, mayEdit, status, isUnderWay, again, retry, onDo, navigate, run.workflow]);
  useActions(actions);
  const inMenu = actions.filter((action) => action.id !== "run.retry" && (action.id !== "run.again" || isUnderWay));
  return (
    <div className={classes.actions}>
      <Menu>
        <Menu.Target>
          <Button variant="default" aria-label="More" px="xs">
            <Ellipsis size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {inMenu.map(({ id, title, icon: Icon, run: perform }) => (
            <Menu.Item key={id} leftSection={Icon && <Icon size={15} />} onClick={perform}>
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {mayOperate && isUnderWay && !run.cancel_requested && (
        <Button
          variant="default"
          color="red"
          leftSection={<X size={15} />}
          loading={isCancelling}
          onClick={() => (isAsked ? cancel() : setAsked(true))}
          onBlur={() => setAsked(false)}
        >
          {isAsked ? "Cancel it now?" : "Cancel"}
        </Button>
      )}
      {mayOperate && !isUnderWay && (
        <Button variant={status === "failed" ? "default" : "filled"} leftSection={<Play size={14} />} loading={isStarting} onClick={() => again()}>
          Run again
        </Button>
      )}
      {mayOperate && status === "failed" && (
        <Button leftSection={<RotateCw size={14} />} loading={isRetrying} onClick={() => retry()}>
          Retry
        </Button>
      )}
    </div>
  );
}

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(window.location.href);
    tell("The link is copied: it shows what you see.");
  } catch {
    tell("Your browser does not let pages copy: take the address above.");
  }
}
