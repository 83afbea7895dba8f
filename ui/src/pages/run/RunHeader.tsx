// Which run this is, how it stands, and what can be done to it.
import { Button, Menu } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowLeftRight, Ellipsis, FlaskConical, Link2, Play, RadioTower, RotateCw, SquarePen, X } from "lucide-react";
import { useMemo, useState } from "react";
import { Link, useNavigate } from "react-router";
import type { Action } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import { keys } from "@/api/keys";
import { useLeave } from "@/api/levels";
import { recordTest, type Run, runAgain } from "@/api/run";
import { cancelRun, retryRun } from "@/api/runs";
import { Allowed } from "@/components/Allowed";
import { download } from "@/components/download";
import { tell, tellProblem } from "@/components/notices";
import { RunVersion } from "@/components/RunVersion";
import { StatusBadge } from "@/components/StatusBadge";
import { Took } from "@/components/Took";
import { When } from "@/components/When";
import type { LiveState } from "@/live/connection";
import classes from "@/pages/run/RunHeader.module.css";
import type { Doing } from "@/pages/run/address";

interface Props {
  run: Run;
  status: string;
  live: LiveState;
  /** It stands at a breakpoint. */
  isPaused?: boolean;
  onDo: (doing: Doing) => void;
}

export function RunHeader({ run, status, live, isPaused = false, onDo }: Props) {
  const workflow = `/w/${encodeURIComponent(run.workflow)}`;
  return (
    <header className={classes.header}>
      <title>{`${run.workflow} ${run.id} · Treadle`}</title>
      <div className={classes.words}>
        <h1>
          <Link to={workflow}>{run.workflow}</Link>
          <StatusBadge status={isPaused ? "paused" : status} />
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
            <RunVersion run={run} />
          </span>
          {run.trigger && <span>by {run.trigger}</span>}
          {run.deployment && (
            <span>
              in <Link to={`/deployments/${encodeURIComponent(run.deployment)}`}>{run.deployment}</Link>
            </span>
          )}
          {run.cancel_requested && status !== "cancelled" && <span>is being cancelled</span>}
        </p>
      </div>
      <RunActions run={run} status={status} onDo={onDo} />
    </header>
  );
}

function RunActions({ run, status, onDo }: Omit<Props, "live" | "isPaused">) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const operate = useLeave(run.workflow, "operate");
  const edit = useLeave(run.workflow, "edit");
  const mayEdit = edit.isOffered && edit.refusal === null;
  const [isAsked, setAsked] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: keys.runs.all });
  const { mutate: cancel, isPending: isCancelling } = useMutation({ mutationFn: () => cancelRun(run.id), onSuccess: refresh, onError: tellProblem });
  const { mutate: retry, isPending: isRetrying } = useMutation({ mutationFn: () => retryRun(run.id), onSuccess: refresh, onError: tellProblem });
  const { mutate: again, isPending: isStarting } = useMutation({
    mutationFn: () => runAgain(run),
    onSuccess: (id) => void navigate(`/w/${encodeURIComponent(run.workflow)}/runs/${encodeURIComponent(id)}`),
    onError: tellProblem,
  });
  const { mutate: record } = useMutation({
    mutationFn: () => recordTest(run.id),
    onSuccess: (text) => {
      const file = `${run.workflow}-${run.id.slice(-6)}.test.yaml`;
      download(file, text);
      tell(`Saved as ${file}. Run it with: treadle test ${file}`);
    },
    onError: tellProblem,
  });
  // Its own bar stops it.
  const isDebugged = mayEdit && run.debug !== null && run.debug !== undefined;
  const isUnderWay = ["queued", "running", "suspended"].includes(status);
  const actions = useMemo<Action[]>(() => {
    const all: (Action | false)[] = [
      { id: "run.link", title: "Copy link", section: "Run", icon: Link2, run: () => void copyLink() },
      operate.isOffered && { id: "run.again", title: "Run again", section: "Run", icon: Play, refusal: operate.refusal, run: () => again() },
      operate.isOffered && status === "failed" && { id: "run.retry", title: "Retry", section: "Run", icon: RotateCw, refusal: operate.refusal, run: () => retry() },
      operate.isOffered && isUnderWay && { id: "run.signal", title: "Send a signal", section: "Run", icon: RadioTower, refusal: operate.refusal, run: () => onDo("signal") },
      edit.isOffered && status === "suspended" && { id: "run.move", title: "Move to another version", section: "Run", icon: ArrowLeftRight, refusal: edit.refusal, run: () => onDo("move") },
      edit.isOffered && (status === "completed" || status === "failed") && {
        id: "run.record",
        title: "Record as test",
        section: "Run",
        icon: FlaskConical,
        refusal: edit.refusal,
        words: ["save", "download", "case"],
        run: () => record(),
      },
      { id: "run.edit", title: mayEdit ? "Edit the workflow" : "Open the workflow", section: "Run", icon: SquarePen, run: () => void navigate(`/w/${encodeURIComponent(run.workflow)}`) },
    ];
    return all.filter((one) => one !== false);
  }, [operate.isOffered, operate.refusal, edit.isOffered, edit.refusal, mayEdit, status, isUnderWay, again, retry, record, onDo, navigate, run.workflow]);
  useActions(actions);
  const inMenu = actions.filter((action) => action.id !== "run.retry" && (action.id !== "run.again" || isUnderWay));
  return (
    <div className={classes.actions}>
      <Button
        className={classes.edit ?? ""}
        component={Link}
        to={`/w/${encodeURIComponent(run.workflow)}`}
        variant="default"
        leftSection={<SquarePen size={15} />}
      >
        {mayEdit ? "Edit" : "Open"}
      </Button>
      <Menu>
        <Menu.Target>
          <Button variant="default" aria-label="More" px="xs">
            <Ellipsis size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {inMenu.map(({ id, title, icon: Icon, refusal, run: perform }) => (
            <Menu.Item key={id} leftSection={Icon && <Icon size={15} />} disabled={Boolean(refusal)} title={refusal ?? undefined} onClick={perform}>
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {operate.isOffered && isUnderWay && !run.cancel_requested && !isDebugged && (
        <Allowed refusal={operate.refusal}>
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
        </Allowed>
      )}
      {operate.isOffered && !isUnderWay && (
        <Allowed refusal={operate.refusal}>
          <Button variant={status === "failed" ? "default" : "filled"} leftSection={<Play size={14} />} loading={isStarting} onClick={() => again()}>
            Run again
          </Button>
        </Allowed>
      )}
      {operate.isOffered && status === "failed" && (
        <Allowed refusal={operate.refusal}>
          <Button leftSection={<RotateCw size={14} />} loading={isRetrying} onClick={() => retry()}>
            Retry
          </Button>
        </Allowed>
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
