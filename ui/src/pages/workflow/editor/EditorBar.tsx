// The top of the editor: which workflow, whether it is saved, its parts, and what can be done with it.
import { ActionIcon, Button, Menu } from "@mantine/core";
import { CircleAlert, CircleCheck, CloudOff, EllipsisVertical, Redo2, Rocket, TriangleAlert, Undo2, Upload } from "lucide-react";
import { useMemo } from "react";
import { Link } from "react-router";
import { type Action, perform, useRegistry } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import { useMay } from "@/api/me";
import { tell } from "@/components/notices";
import { counted } from "@/format/number";
import { usePresence } from "@/pages/workflow/presence/presence";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { type Saver, type SaveState, useSaving } from "@/pages/workflow/store/saving";
import { setView, useView } from "@/pages/workflow/store/viewStore";
import classes from "@/pages/workflow/editor/EditorBar.module.css";
import { RunButton } from "@/pages/workflow/editor/RunButton";
import { WorkflowTabs } from "@/pages/workflow/WorkflowTabs";

const SAID: Record<SaveState, string> = {
  saved: "Saved",
  unsaved: "Saving…",
  saving: "Saving…",
  offline: "Kept here, sent when the server is back",
  conflict: "Changed elsewhere",
  refused: "Not saved",
};

export function EditorBar({ name, saver }: { name: string; saver: Saver }) {
  const title = useEditor((state) => state.workflow.title ?? name);
  const isEditing = useEditor((state) => state.mode === "edit");
  const mayRun = useMay("operator");
  const mayEdit = useMay("editor");
  useBarActions(saver);
  return (
    <header className={classes.bar}>
      <div className={classes.name}>
        <h1 title={name}>{title}</h1>
        <SavedState isEditing={isEditing} />
      </div>
      <WorkflowTabs name={name} current="edit" />
      <div className={classes.actions}>
        <Problems />
        {isEditing && (
          <>
            <Tool id="canvas.undo" icon={<Undo2 size={16} />} />
            <Tool id="canvas.redo" icon={<Redo2 size={16} />} />
          </>
        )}
        <MoreMenu />
        {isEditing && <PublishButton />}
        {mayEdit && <DeployButton name={name} />}
        {mayRun && <RunButton name={name} saver={saver} />}
      </div>
    </header>
  );
}

function useBarActions(saver: Saver): void {
  const isEditing = useEditor((state) => state.mode === "edit");
  const actions = useMemo<Action[]>(() => {
    return isEditing
      ? [
          { id: "workflow.publish", title: "Publish", section: "Workflow", icon: Upload, keys: "mod+shift+p", run: () => setView({ dialog: "publish" }) },
          {
            id: "workflow.save",
            title: "Save now",
            section: "Workflow",
            keys: "mod+s",
            words: ["draft"],
            run: () => void saver.flush().then(() => useSaving.getState().state === "saved" && tell("The draft is saved. It saves itself.")),
          },
        ]
      : [];
  }, [saver, isEditing]);
  useActions(actions);
}

function SavedState({ isEditing }: { isEditing: boolean }) {
  const state = useSaving((saving) => saving.state);
  const isDraft = useSaving((saving) => saving.isDraft);
  const version = useSaving((saving) => saving.version);
  const { standing, editor } = usePresence();
  const what = version === null ? "Draft" : isDraft ? `Draft after version ${version}` : `Version ${version}`;
  return (
    <span className={classes.state} data-state={state} role="status">
      {state === "offline" && <CloudOff size={13} aria-hidden="true" />}
      {what}
      {isEditing ? ` · ${SAID[state]}` : standing === "other" ? (state === "conflict" ? " · Not saved" : " · Read only for now") : " · You may look, not change"}
      {standing === "looking" && editor !== undefined && ` · ${editor.name} is editing`}
    </span>
  );
}

function Problems() {
  const issues = useEditor((state) => state.issues);
  const side = useView((view) => view.side);
  const count = issues.errors + issues.warnings;
  const label = count === 0 ? "No problems" : issues.errors > 0 ? counted(issues.errors, "error") : counted(issues.warnings, "warning");
  return (
    <button
      type="button"
      className={classes.problems}
      aria-label={label}
      title={label}
      data-tone={issues.errors > 0 ? "bad" : issues.warnings > 0 ? "wait" : "good"}
      aria-pressed={side === "problems"}
      onClick={() => setView({ side: side === "problems" ? undefined : "problems" })}
    >
      {issues.errors > 0 ? (
        <CircleAlert size={15} aria-hidden="true" />
      ) : issues.warnings > 0 ? (
        <TriangleAlert size={15} aria-hidden="true" />
      ) : (
        <CircleCheck size={15} aria-hidden="true" />
      )}
      <span>{label}</span>
    </button>
  );
}

function Tool({ id, icon }: { id: string; icon: React.ReactNode }) {
  const action = useRegistry((registry) => registry.actions.get(id));
  if (action === undefined) return null;
  return (
    <ActionIcon aria-label={action.title} title={action.title} disabled={Boolean(action.refusal)} onClick={action.run}>
      {icon}
    </ActionIcon>
  );
}

function PublishButton() {
  const errors = useEditor((state) => state.issues.errors);
  const isDraft = useSaving((saving) => saving.isDraft || saving.state !== "saved");
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<Upload size={14} />}
      data-tour-step="publish"
      disabled={!isDraft}
      title={isDraft ? (errors > 0 ? "There are errors to correct first" : "Make the draft a version") : "Nothing has changed since the last version"}
      onClick={() => perform("workflow.publish")}
    >
      Publish
    </Button>
  );
}

/** What is published runs by itself once it is deployed. */
function DeployButton({ name }: { name: string }) {
  const isPublished = useSaving((saving) => saving.version !== null);
  if (!isPublished) return null;
  return (
    <Button
      size="xs"
      variant="default"
      component={Link}
      data-tour-step="deploy"
      to={`/deployments?new=${encodeURIComponent(name)}`}
      leftSection={<Rocket size={14} />}
      title="Let it run by itself: on a schedule, on an event, when it is called"
    >
      Deploy
    </Button>
  );
}

const MORE = ["canvas.add", "canvas.note", "canvas.tidy", "canvas.search", "canvas.outline", "canvas.map", "canvas.paste", "shortcuts.open"];

function MoreMenu() {
  const registry = useRegistry((state) => state.actions);
  const found = MORE.flatMap((id) => registry.get(id) ?? []);
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label="More" title="More">
          <EllipsisVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {found.map((action) => (
          <Menu.Item
            key={action.id}
            disabled={Boolean(action.refusal)}
            leftSection={action.icon ? <action.icon size={15} aria-hidden="true" /> : null}
            onClick={action.run}
          >
            {action.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
