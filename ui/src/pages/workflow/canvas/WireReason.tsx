// Beside a port that the wire in hand may not end at: why not, and what to do instead.
import { plain } from "@/pages/workflow/canvas/attempt";
import classes from "@/pages/workflow/canvas/Canvas.module.css";
import { useConnection, useFlowStore, ViewportPortal } from "@/components/graph/flow";
import { whyNot } from "@/pages/workflow/canvas/whyNot";

export function WireReason() {
  const wire = useConnection((connection) => connection);
  const zoom = useFlowStore((state) => state.transform[2]);
  if (!wire.inProgress || wire.isValid !== false || wire.toHandle === null) return null;
  const { fromHandle, toHandle } = wire;
  const reason = whyNot(
    { node: fromHandle.nodeId, port: fromHandle.id ?? "", side: fromHandle.type === "source" ? "output" : "input" },
    { node: toHandle.nodeId, port: toHandle.id ?? "", side: toHandle.type === "source" ? "output" : "input" },
  );
  if (reason === undefined) return null;
  return (
    <ViewportPortal>
      <div
        className={classes.reason}
        role="status"
        style={{ transform: `translate(${wire.to.x}px, ${wire.to.y + 18}px) scale(${1 / zoom})` }}
      >
        <b>{plain(reason.reason)}</b>
        {reason.remedy !== undefined && <span>{plain(reason.remedy)}</span>}
      </div>
    </ViewportPortal>
  );
}
