// Test the workflow that is open over bars: what is on the canvas, saved first.
import { useCallback } from "react";
import { useNavigate } from "react-router";
import { tellProblem } from "@/components/notices";
import { saveAll } from "@/pages/workflow/editor/running";
import { hasChanges } from "@/pages/workflow/editor/useRun";
import type { Saver } from "@/pages/workflow/store/saving";

export function useBacktest(name: string, saver: Saver): () => void {
  const navigate = useNavigate();
  return useCallback(() => {
    const open = async (): Promise<void> => {
      const isDraft = hasChanges();
      if (isDraft) await saveAll(saver);
      const query = new URLSearchParams({ workflow: name, version: isDraft ? "draft" : "latest" });
      await navigate(`/backtests/new?${query}`);
    };
    void open().catch(tellProblem);
  }, [name, saver, navigate]);
}
