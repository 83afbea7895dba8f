// How the last run stood, on the canvas that is edited: it follows a run that goes on, and says which one it is.
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useMemo } from "react";
import { Link } from "react-router";
import { definitionOf } from "@/api/versions";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { EVERYTHING, useLive } from "@/live/useLive";
import { openDefinition } from "@/model/document";
import { nodesByPath } from "@/model/path";
import { facesNow, runFaces } from "@/pages/workflow/canvas/runFaces";
import classes from "@/pages/workflow/canvas/RunLayer.module.css";
import { facesOf } from "@/record/facesOf";
import { useRecord } from "@/record/useRecord";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

export function RunLayer() {
  const id = useEditor((state) => state.lastRun?.id);
  useNewRuns();
  const isShown = useView((view) => view.hasRun);
  return id === undefined || !isShown ? null : <Following key={id} id={id} />;
}

/** A run that begins while the canvas is open is the last one from then on. Those of deployments are watched elsewhere. */
function useNewRuns(): void {
  const name = useEditor((state) => state.workflow.name);
  useLive(EVERYTHING, (events) => {
    const begun = events.findLast(
      (event) => (event.type === "run.queued" || event.type === "run.started") && event.workflow === name && !event.deployment && !event.data.parent,
    );
    if (begun?.run_id && begun.run_id !== useEditor.getState().lastRun?.id) useEditor.getState().setLastRun({ id: begun.run_id, status: "running" });
  });
}

const LATEST = {};

function Following({ id }: { id: string }) {
  const workflow = useEditor((state) => state.workflow);
  const { query, count, stateAt } = useRecord(id);
  const run = query.data;
  const definition = useQuery({ ...definitionOf(workflow.name, run?.version ?? "", run?.version), enabled: run !== undefined });
  const ran = useMemo(() => {
    const opened = definition.data && openDefinition(definition.data);
    return opened?.ok === true ? opened.value.workflow : undefined;
  }, [definition.data]);
  const nodes = useMemo(
    () => [...nodesByPath(workflow)].map(([path, { type }]) => ({ path, kind: type === "flow.note" ? ("note" as const) : ("step" as const) })),
    [workflow],
  );
  const state = stateAt(count);
  useEffect(() => {
    if (state !== undefined) runFaces.set(facesNow(facesOf(state, nodes, LATEST), ran, workflow));
  }, [state, nodes, ran, workflow]);
  useEffect(() => () => runFaces.set(new Map()), []);
  if (run === undefined) return null;
  return (
    <div className={classes.run} role="group" aria-label="Last run">
      <Link to={`/w/${encodeURIComponent(run.workflow)}/runs/${encodeURIComponent(id)}`}>
        <span className={classes.words}>{run.mode === "test" ? "Last run, a test" : "Last run"}</span>
        <StatusBadge status={state?.status ?? run.status} />
        <When at={run.created_at} />
      </Link>
      <button type="button" aria-label="Hide the last run" title="Hide the last run" onClick={() => setView({ hasRun: false })}>
        <X size={14} aria-hidden="true" />
      </button>
    </div>
  );
}
