// Run the workflow that is open: at once where it asks for nothing, else by a form.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { keys } from "@/api/keys";
import { tell, tellProblem } from "@/components/notices";
import { counted } from "@/format/number";
import type { JsonObject } from "@/model/json";
import { publish } from "@/pages/workflow/editor/publish";
import { asksNothing, saveAll, startRun } from "@/pages/workflow/editor/running";
import { breakpointsNow } from "@/pages/workflow/store/breakpoints";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { type Saver, useSaving } from "@/pages/workflow/store/saving";
import { setView } from "@/pages/workflow/store/viewStore";

/** Whether what is on the canvas is not what was published last. */
export function hasChanges(): boolean {
  const { isDraft, state } = useSaving.getState();
  return useEditor.getState().mode === "edit" && (isDraft || state !== "saved");
}

export function useRun(name: string, saver: Saver) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const start = async (mode: "live" | "test", input: JsonObject, note = "", isDebug = false): Promise<void> => {
    const isChanged = hasChanges();
    if (isChanged && mode === "live") await publish(name, saver, note, client);
    if (isChanged && mode === "test") await saveAll(saver);
    const run = await startRun(name, { input, mode, isDraft: isChanged && mode === "test", ...(isDebug ? { breakpoints: breakpointsNow() } : {}) });
    await client.invalidateQueries({ queryKey: keys.runs.all, refetchType: "none" });
    await navigate(`/w/${encodeURIComponent(name)}/runs/${encodeURIComponent(run)}`);
  };
  /** As a test, the draft as it is. What is marked at the nodes may be of a moment ago, so it is saved first: the answer
   * says what is wrong with what is to run. */
  const testing = useMutation({
    mutationFn: async (isDebug: boolean) => {
      if (hasChanges()) await saveAll(saver);
      const { workflow, issues } = useEditor.getState();
      if (hasChanges() && issues.errors > 0) {
        setView({ side: "problems" });
        tell(`${counted(issues.errors, "error")} would keep it from running. Each says what to do.`);
      } else if (!asksNothing(workflow)) setView({ dialog: isDebug ? "run-debug" : "run" });
      else await start("test", {}, "", isDebug);
    },
    onError: tellProblem,
  });
  const begin = (isDebug: boolean): void => {
    if (!testing.isPending) testing.mutate(isDebug);
  };
  const test = (): void => begin(false);
  /** The same, stopping at the breakpoints; where there is none, before the first node. */
  const debug = (): void => begin(true);
  return { start, test, debug, isStarting: testing.isPending };
}
