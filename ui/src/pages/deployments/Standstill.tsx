// Why a deployment starts no runs, or sends no orders: above all else on its page.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { OctagonX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { type Deployment, resetHalt } from "@/api/deployments";
import { keys } from "@/api/keys";
import { useLeave } from "@/api/levels";
import { Allowed } from "@/components/Allowed";
import { tellProblem } from "@/components/notices";
import { When } from "@/components/When";
import classes from "@/pages/deployments/Standstill.module.css";

export function Standstill({ deployment }: { deployment: Deployment }) {
  const { reason, halt } = deployment;
  return (
    <>
      {halt && (
        <Notice label="Orders are halted" sign={<OctagonX size={18} aria-hidden="true" />} action={<Reset deployment={deployment} />}>
          <p className={classes.what}>Orders are halted: {halt.reason}</p>
          <p>
            By {halt.by ?? (halt.run ? `run ${halt.run}` : "the deployment itself")}
            {halt.at && (
              <>
                , <When at={halt.at} />
              </>
            )}
            . No new order is sent until somebody resets it.
            {halt.flattening !== null && (
              <>
                {" "}
                What was open <Link to={`/w/${encodeURIComponent(deployment.workflow)}/runs/${encodeURIComponent(halt.flattening)}`}>is cancelled and closed</Link>.
              </>
            )}
          </p>
        </Notice>
      )}
      {reason && (
        <Notice
          label={reason.code === "differs" ? "Stopped: something is otherwise" : "Waiting to know how things stand"}
          sign={<TriangleAlert size={18} aria-hidden="true" />}
          isMild={reason.code !== "differs"}
        >
          {reason.differences.length === 0 ? (
            <p className={classes.what}>{reason.message}</p>
          ) : (
            <>
              <p className={classes.what}>It was stopped: not everything is as it was left.</p>
              <ul>
                {reason.differences.map((difference) => (
                  <li key={difference}>{difference}</li>
                ))}
              </ul>
            </>
          )}
          <p>
            <When at={reason.at} />
            {reason.code === "differs" ? ". Look at it, and start it again." : ". It is tried again by itself."}
          </p>
        </Notice>
      )}
    </>
  );
}

interface NoticeProps {
  label: string;
  sign: ReactNode;
  action?: ReactNode;
  isMild?: boolean;
  children: ReactNode;
}

function Notice({ label, sign, action, isMild = false, children }: NoticeProps) {
  return (
    <section className={classes.notice} data-mild={isMild || undefined} aria-label={label}>
      {sign}
      <div className={classes.words}>{children}</div>
      {action}
    </section>
  );
}

function Reset({ deployment: { name, workflow } }: { deployment: Deployment }) {
  const client = useQueryClient();
  const operate = useLeave(workflow, "operate");
  const resetting = useMutation({
    mutationFn: () => resetHalt(name),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.deployments.all }),
    onError: tellProblem,
  });
  if (!operate.isOffered) return null;
  return (
    <Allowed refusal={operate.refusal}>
      <Button variant="default" size="xs" loading={resetting.isPending} onClick={() => resetting.mutate()}>
        Reset
      </Button>
    </Allowed>
  );
}
