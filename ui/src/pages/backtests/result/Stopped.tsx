// What is under way, waits its turn, was cancelled, or came to nothing.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { cancelBacktest } from "@/api/backtests";
import type { Summary } from "@/api/backtestTypes";
import { keys } from "@/api/keys";
import { useMay } from "@/api/me";
import { ApiProblem, type Issue } from "@/api/problem";
import { EmptyState } from "@/components/EmptyState";
import { tellProblem } from "@/components/notices";
import { Panel } from "@/components/Panel";
import { ProblemNotice } from "@/components/ProblemNotice";
import { Took } from "@/components/Took";
import { counted } from "@/format/number";
import { ProgressLine } from "@/pages/backtests/ProgressLine";
import classes from "@/pages/backtests/result/Result.module.css";

export function Going({ of }: { of: Summary }) {
  const client = useQueryClient();
  const mayTest = useMay("editor");
  const cancelling = useMutation({
    mutationFn: () => cancelBacktest(of.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.backtests.all }),
    onError: tellProblem,
  });
  return (
    <Panel
      title={of.state === "queued" ? "It waits its turn" : "It is being worked out"}
      action={
        mayTest && (
          <Button size="xs" variant="default" loading={cancelling.isPending} onClick={() => cancelling.mutate()}>
            Cancel
          </Button>
        )
      }
    >
      <div className={classes.going}>
        <ProgressLine of={of} isLarge />
        <p>
          <Took since={of.created_at} />
          {of.variants > 1 && ` · ${counted(of.variants, "variant")}`}
          {of.bars !== null && ` · ${counted(of.bars, "bar")}`}. It goes on when this page is left.
        </p>
      </div>
    </Panel>
  );
}

export function Stopped({ of }: { of: Summary }) {
  if (of.state === "cancelled") {
    return <EmptyState title="It was cancelled">Nothing of it was kept. “Change and run again” begins with the same settings.</EmptyState>;
  }
  const { code, message, remedy = null, issues = [] } = of.error ?? { code: "unknown", message: "It failed, and nothing says why." };
  return <ProblemNotice error={new ApiProblem(code, message, 0, remedy, issues as unknown as readonly Issue[])} />;
}
