// Run: the draft as a test at once; beside it, for real, which publishes first what has changed.
import { ActionIcon, Button, Menu } from "@mantine/core";
import { Bug, ChartCandlestick, ChevronDown, FlaskConical, Play, Upload } from "lucide-react";
import { useMemo } from "react";
import { type Action, perform } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import { useLeave } from "@/api/levels";
import { useMay } from "@/api/me";
import classes from "@/pages/workflow/editor/RunButton.module.css";
import { useBacktest } from "@/pages/workflow/editor/useBacktest";
import { useRun } from "@/pages/workflow/editor/useRun";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { type Saver, useSaving } from "@/pages/workflow/store/saving";
import { setView } from "@/pages/workflow/store/viewStore";

export function RunButton({ name, saver }: { name: string; saver: Saver }) {
  const { test, debug, isStarting } = useRun(name, saver);
  const backtest = useBacktest(name, saver);
  const isChanged = useSaving((saving) => saving.isDraft || saving.state !== "saved");
  const isEditing = useEditor((state) => state.mode === "edit");
  const operate = useLeave(name, "operate");
  const edit = useLeave(name, "edit");
  const mayDebug = edit.isOffered && edit.refusal === null;
  const mayTest = useMay("editor");
  const isPublished = useSaving((saving) => saving.version !== null);
  const publishes = isChanged && isEditing;
  const missing = !publishes && !isPublished ? "It has not been published yet, so there is nothing to run." : null;
  const nothing = operate.refusal ?? missing;
  const live = publishes ? "Publish and run" : "Run for real";
  const actions = useMemo<Action[]>(
    () => [
      { id: "workflow.run", title: "Run as a test", section: "Workflow", icon: Play, keys: "mod+enter", words: ["execute", "start"], refusal: nothing, run: test },
      ...(mayDebug
        ? [{ id: "workflow.debug", title: "Debug: stop at breakpoints", section: "Workflow", icon: Bug, keys: "mod+shift+enter", words: ["step", "breakpoint", "test"], refusal: nothing, run: debug }]
        : []),
      ...(mayTest ? [{ id: "workflow.backtest", title: "Run backtest", section: "Workflow", icon: ChartCandlestick, words: ["simulate", "history", "test"], refusal: missing, run: backtest }] : []),
      { id: "workflow.run.live", title: live, section: "Workflow", icon: Upload, words: ["execute", "start", "live"], refusal: nothing, run: () => setView({ dialog: "run-live" }) },
    ],
    [test, debug, backtest, mayDebug, mayTest, live, missing, nothing],
  );
  useActions(actions);
  return (
    <>
      {mayDebug && (
        <ActionIcon size={30} aria-label="Debug" title={nothing ?? "Debug: a test that stops at breakpoints (B sets one), or at each node where there is none"} disabled={nothing !== null} onClick={() => perform("workflow.debug")}>
          <Bug size={16} />
        </ActionIcon>
      )}
      <Button.Group className={classes.group ?? ""}>
        <Button
          size="xs"
          data-tour-step="run"
          leftSection={<Play size={14} />}
          loading={isStarting}
          disabled={nothing !== null}
          title={nothing ?? "As a test: pinned values stand in for their nodes"}
          onClick={() => perform("workflow.run")}
        >
          Run
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="filled" color="dye" size={30} className={classes.more ?? ""} aria-label="Other ways to run" disabled={nothing !== null}>
              <ChevronDown size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<FlaskConical size={15} />} onClick={() => perform("workflow.run")}>
              Run as a test
              <small className={classes.said}>{publishes ? "the draft as it is; nothing is published" : "what is published, with what is pinned"}</small>
            </Menu.Item>
            {mayTest && (
              <Menu.Item leftSection={<ChartCandlestick size={15} />} onClick={() => perform("workflow.backtest")}>
                Run backtest
                <small className={classes.said}>{publishes ? "the draft, over bars that have been; nothing is bought" : "over bars that have been; nothing is bought"}</small>
              </Menu.Item>
            )}
            <Menu.Item leftSection={publishes ? <Upload size={15} /> : <Play size={15} />} onClick={() => perform("workflow.run.live")}>
              {live}
              <small className={classes.said}>for real: everything happens as it says</small>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
    </>
  );
}
