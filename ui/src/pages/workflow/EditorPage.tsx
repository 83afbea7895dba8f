// A workflow to edit: its canvas, the inspector beside it, and what is wrong with it below.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { type OpenedWorkflow, openedQuery } from "@/api/drafts";
import { keepEditing, type WorkflowEditing } from "@/api/editing";
import { useMay } from "@/api/me";
import { catalogueQuery } from "@/api/nodeTypes";
import { ApiProblem, toProblem } from "@/api/problem";
import { Lines } from "@/components/Loaded";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Catalogue } from "@/model/catalogue";
import { load, openDefinition, serialise } from "@/model/document";
import { sameJson } from "@/model/json";
import { plain } from "@/pages/workflow/canvas/attempt";
import { Canvas } from "@/pages/workflow/canvas/Canvas";
import { CanvasMenu } from "@/pages/workflow/canvas/CanvasMenu";
import { CanvasTools } from "@/pages/workflow/canvas/CanvasTools";
import { NodeSearch } from "@/pages/workflow/canvas/NodeSearch";
import { onOpenWorkflow } from "@/pages/workflow/canvas/opening";
import { useCanvasActions } from "@/pages/workflow/canvas/useCanvasActions";
import { EditorBar } from "@/pages/workflow/editor/EditorBar";
import classes from "@/pages/workflow/EditorPage.module.css";
import { EditorDialogs } from "@/pages/workflow/editor/EditorDialogs";
import { FirstNode } from "@/pages/workflow/editor/FirstNode";
import { SavingNotice } from "@/pages/workflow/editor/SavingNotice";
import { SideList } from "@/pages/workflow/editor/SideList";
import { useTold } from "@/pages/workflow/editor/useTold";
import { Inspector } from "@/pages/workflow/inspector/Inspector";
import { NodePalette } from "@/pages/workflow/palette/NodePalette";
import { Presence, showMode, standAtFirst, usePresence } from "@/pages/workflow/presence/presence";
import { PresenceNotice } from "@/pages/workflow/presence/PresenceNotice";
import { windowId } from "@/pages/workflow/presence/windowId";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { Saver, useSaving } from "@/pages/workflow/store/saving";
import { findUnsaved, forgetUnsaved } from "@/pages/workflow/store/unsaved";
import { useValidation } from "@/pages/workflow/store/useValidation";
import { setView } from "@/pages/workflow/store/viewStore";

export default function EditorPage() {
  const { name = "" } = useParams();
  return <Opening key={name} name={name} />;
}

function Opening({ name }: { name: string }) {
  const opened = useQuery(openedQuery(name));
  const catalogue = useQuery(catalogueQuery);
  const mayEdit = useMay("editor");
  const first = useQuery({ ...firstEditing(name), enabled: mayEdit });
  const problem = opened.error ?? catalogue.error;
  if (problem !== null) {
    return (
      <div className={classes.wait}>
        <title>{`${name} · Treadle`}</title>
        <h1 className={classes.hidden}>{name}</h1>
        <ProblemNotice
          error={problem}
          onRetry={() => {
            void opened.refetch();
            void catalogue.refetch();
          }}
        />
      </div>
    );
  }
  if (opened.data === undefined || catalogue.data === undefined || first.isLoading) {
    return (
      <div className={classes.wait}>
        <Lines count={5} />
      </div>
    );
  }
  // Who has it only to look at is refused to say that they edit it.
  const isRefused = first.error !== null && toProblem(first.error).status === 403;
  return <Ready name={name} opened={opened.data} catalogue={catalogue.data} mayEdit={mayEdit && !isRefused} first={first.data} />;
}

interface Edited {
  readonly window: string;
  readonly editing: WorkflowEditing;
}

/** This window edits it, unless somebody else does already. */
function firstEditing(name: string) {
  return queryOptions({
    queryKey: ["editing", name],
    queryFn: async (): Promise<Edited> => {
      const window = await windowId();
      return { window, editing: await keepEditing(name, window) };
    },
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

interface ReadyProps {
  name: string;
  opened: OpenedWorkflow;
  catalogue: Catalogue;
  mayEdit: boolean;
  /** Undefined where the server did not say: what is saved is kept apart by its tag. */
  first: Edited | undefined;
}

function Ready({ name, opened, catalogue, mayEdit, first }: ReadyProps) {
  // Once, before anything of it is drawn: the store is what is edited from then on.
  const [start] = useState(() => begin(name, opened, catalogue, mayEdit, first));
  if (!start.ok) {
    return (
      <div className={classes.wait}>
        <title>{`${name} · Treadle`}</title>
        <h1 className={classes.hidden}>{name}</h1>
        <ProblemNotice error={new ApiProblem("unreadable_definition", plain(start.reason), 0, plain(start.remedy ?? ""))} />
      </div>
    );
  }
  return <Editing name={name} saver={start.saver} presence={start.presence} isConverted={start.isConverted} />;
}

function begin(name: string, { detail, etag }: OpenedWorkflow, catalogue: Catalogue, mayEdit: boolean, first: Edited | undefined) {
  const read = openDefinition(detail.definition);
  if (!read.ok) return read;
  const { open } = useEditor.getState();
  const lastRun = detail.last_run ?? undefined;
  const mode = mayEdit ? ("edit" as const) : ("read" as const);
  open({ workflow: read.value.workflow, catalogue, mode, lastRun });
  usePresence.setState(standAtFirst(first?.editing, mayEdit), true);
  showMode(usePresence.getState());
  const saver = new Saver(name, etag, useEditor.getState().workflow);
  const presence = new Presence(name, first?.window ?? "", saver);
  useSaving.setState({
    state: "saved",
    problem: undefined,
    isDraft: typeof detail.definition.revision === "number",
    version: detail.version ?? null,
  });
  setView({ palette: undefined, renaming: undefined, writing: undefined, isSearching: false, isExtracting: false, dialog: undefined, menu: undefined });
  const unsaved = mayEdit ? findUnsaved(name) : undefined;
  const kept = unsaved && load(unsaved.definition, name);
  // It may have arrived though nobody was left to hear so: the page was closed meanwhile.
  if (kept?.ok === true && sameJson(serialise(kept.value), serialise(read.value.workflow))) forgetUnsaved(name);
  else if (unsaved !== undefined && kept?.ok === true) {
    useEditor.getState().replace(kept.value);
    if (unsaved.etag !== etag) useSaving.setState({ state: "conflict" });
    saver.changed();
  }
  return { ok: true as const, saver, presence, isConverted: read.value.converted };
}

interface EditingProps {
  name: string;
  saver: Saver;
  presence: Presence;
  isConverted: boolean;
}

function Editing({ name, saver, presence, isConverted }: EditingProps) {
  const navigate = useNavigate();
  const title = useEditor((state) => state.workflow.title ?? name);
  useCanvasActions();
  useValidation();
  useTold();
  useEffect(() => {
    saver.start();
    presence.start();
    onOpenWorkflow((other) => void navigate(`/w/${encodeURIComponent(other)}`));
    // What is not sent yet is sent before others may edit.
    return () => void saver.stop().finally(() => presence.stop());
  }, [saver, presence, navigate]);
  return (
    <div className={classes.editor}>
      <title>{`${title} · Treadle`}</title>
      <EditorBar name={name} saver={saver} />
      <PresenceNotice presence={presence} />
      <SavingNotice saver={saver} presence={presence} isConverted={isConverted} />
      <div className={classes.work}>
        <SideList />
        <div className={classes.stage}>
          <Canvas />
          <FirstNode />
          <CanvasTools />
          <NodeSearch />
          <NodePalette />
          <CanvasMenu />
        </div>
        <Inspector />
      </div>
      <EditorDialogs name={name} saver={saver} />
    </div>
  );
}
