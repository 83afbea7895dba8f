// What a bot dealt is read again while its runs go on, at its own pace.
import { useQueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import type { LiveEvent } from "@/live/event";
import { deploymentPath, useLive } from "@/live/useLive";
import { useSoon } from "@/live/useSoon";

const AT_MOST_EVERY = 1_500;

export function useFreshBot(name: string): void {
  const client = useQueryClient();
  const refresh = useSoon(AT_MOST_EVERY, () => {
    void client.invalidateQueries({ queryKey: keys.bots.of(name) });
    void client.invalidateQueries({ queryKey: keys.deployments.one(name), exact: true });
  });
  useLive(deploymentPath(name), (events) => {
    if (events.some(mayHaveDealt)) refresh();
  });
}

/** An order is an effect: it is done when its node is, or its run. */
function mayHaveDealt({ type }: LiveEvent): boolean {
  return type === "node.completed" || type === "node.failed" || type.startsWith("run.") || type === "stream.reset";
}
