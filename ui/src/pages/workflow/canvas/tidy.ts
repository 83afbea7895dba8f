// Layout: at once where it is quick, in a worker where it would hold up the page.
import { type LaidOut, type LayoutPlan, runLayout } from "@/model/layout";

const AT_ONCE = 120;

export function layoutSoon(plan: LayoutPlan): Promise<LaidOut> {
  if (plan.nodes.length <= AT_ONCE || typeof Worker === "undefined") return Promise.resolve(runLayout(plan));
  const worker = new Worker(new URL("./tidy.worker.ts", import.meta.url), { type: "module" });
  return new Promise<LaidOut>((resolve) => {
    worker.addEventListener("message", ({ data }: MessageEvent<LaidOut>) => resolve(data));
    // A browser that gives us no worker gets it a little later.
    worker.addEventListener("error", () => resolve(runLayout(plan)));
    worker.postMessage(plan);
  }).finally(() => worker.terminate());
}
