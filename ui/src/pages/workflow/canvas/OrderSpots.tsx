// Where wires end that only say what comes first. Nobody draws them from here.
import { Handle, Position } from "@/components/graph/flow";
import classes from "@/pages/workflow/canvas/Step.module.css";
import { ORDER_PORT } from "@/pages/workflow/canvas/portSpots";

export function OrderSpots() {
  const look = { className: classes.order ?? "", isConnectable: false, "aria-hidden": true };
  return (
    <>
      <Handle id={ORDER_PORT} type="target" position={Position.Left} {...look} />
      <Handle id={ORDER_PORT} type="source" position={Position.Right} {...look} />
    </>
  );
}
