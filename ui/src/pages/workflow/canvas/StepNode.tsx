// A node as it stands on the canvas: what it is, its ports, what is wrong with it.
import { CircleAlert, MessageSquareText, Pin, TriangleAlert } from "lucide-react";
import { memo } from "react";
import type { NodePath } from "@/model/path";
import { hasPin, nodeTitle, type WorkflowNode } from "@/model/workflow";
import type { NodeProps } from "@/pages/workflow/canvas/flow";
import type { FlowNode } from "@/pages/workflow/canvas/flowNodes";
import { NodeIcon } from "@/pages/workflow/canvas/NodeIcon";
import { NameField } from "@/pages/workflow/canvas/NameField";
import classes from "@/pages/workflow/canvas/Nodes.module.css";
import { OrderSpots } from "@/pages/workflow/canvas/OrderSpots";
import { PlusButton } from "@/pages/workflow/canvas/PlusButton";
import { Port } from "@/pages/workflow/canvas/Port";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { useView } from "@/pages/workflow/store/viewStore";

export const StepNode = memo(function StepNode({ data, selected }: NodeProps<FlowNode>) {
  const { id, node, type, ports, height } = data.scene;
  if (node === undefined) return null;
  return (
    <div
      className={classes.step}
      role="group"
      aria-label={`${nodeTitle(node)}, ${type?.title ?? node.type}`}
      data-selected={selected || undefined}
      data-off={node.disabled || undefined}
      data-unknown={type === undefined || undefined}
      data-category={type?.category}
      style={{ height }}
    >
      <NodeHead path={id} node={node} typeTitle={type?.title ?? `${node.type}: not installed`} />
      {ports.map((spot) => (
        <Port key={`${spot.side} ${spot.name}`} path={id} spot={spot} />
      ))}
      {ports.map((spot) => spot.side === "output" && <PlusButton key={spot.name} path={id} spot={spot} />)}
      <OrderSpots />
    </div>
  );
});

export function NodeHead({ path, node, typeTitle }: { path: NodePath; node: WorkflowNode; typeTitle: string }) {
  const isRenaming = useView((view) => view.renaming === path);
  return (
    <div className={classes.head}>
      <span className={classes.icon}>
        <NodeIcon type={node.type} size={17} />
      </span>
      <span className={classes.words}>
        {isRenaming ? <NameField path={path} node={node} /> : <b title={nodeTitle(node)}>{nodeTitle(node)}</b>}
        <small>{node.disabled ? `Off · ${typeTitle}` : typeTitle}</small>
      </span>
      <Marks path={path} node={node} />
    </div>
  );
}

function Marks({ path, node }: { path: NodePath; node: WorkflowNode }) {
  const issues = useEditor((state) => state.issues.byNode.get(path));
  const isError = issues?.some((one) => one.severity === "error");
  const said = issues?.map((one) => one.message).join("\n");
  return (
    <span className={classes.marks}>
      {node.note !== undefined && (
        <span title={node.note} role="img" aria-label={`Note: ${node.note}`}>
          <MessageSquareText size={14} aria-hidden="true" />
        </span>
      )}
      {hasPin(node) && (
        <span title="Pinned: in tests it gives what is pinned" role="img" aria-label="Pinned">
          <Pin size={14} aria-hidden="true" />
        </span>
      )}
      {said !== undefined && (
        <span
          className={isError ? classes.error : classes.warning}
          title={said}
          role="img"
          aria-label={`${isError ? "Error" : "Warning"}: ${said}`}
        >
          {isError ? <CircleAlert size={16} aria-hidden="true" /> : <TriangleAlert size={16} aria-hidden="true" />}
        </span>
      )}
    </span>
  );
}
