// Beside the page: lays out a large workflow.
import { type LayoutPlan, runLayout } from "@/model/layout";

self.addEventListener("message", ({ data }: MessageEvent<LayoutPlan>) => {
  self.postMessage(runLayout(data));
});
