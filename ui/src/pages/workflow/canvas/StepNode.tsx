// A node as it stands on the canvas: what it is, its ports, what is wrong with it, how it stood in the last run.
import { memo } from "react";
import { CardHead, CardStatus } from "@/components/graph/Card";
import card from "@/components/graph/Card.module.css";
import type { Face } from "@/components/graph/faces";
import type { NodeProps } from "@/components/graph/flow";
import { useFace } from "@/components/graph/useFace";
import { lookOf } from "@/components/status";
import type { NodePath } from "@/model/path";
import { nodeTitle, type WorkflowNode } from "@/model/workflow";
import type { FlowNode } from "@/pages/workflow/canvas/flowNodes";
import { Marks } from "@/pages/workflow/canvas/Marks";
import { NameField } from "@/pages/workflow/canvas/NameField";
import { OrderSpots } from "@/pages/workflow/canvas/OrderSpots";
import { PlusButton } from "@/pages/workflow/canvas/PlusButton";
import { Port } from "@/pages/workflow/canvas/Port";
import { runFaces } from "@/pages/workflow/canvas/runFaces";
import classes from "@/pages/workflow/canvas/Step.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { useView } from "@/pages/workflow/store/viewStore";

export const StepNode = memo(function StepNode({ data, selected }: NodeProps<FlowNode>) {
  const { id, node, type, ports, height } = data.scene;
  const face = useFace(runFaces, id);
  const isAlone = useEditor((state) => selected === true && state.selection.length === 1);
  if (node === undefined) return null;
  return (
    <div
      className={`${card.card ?? ""} ${classes.step ?? ""}`}
      role="group"
      aria-label={`${nodeTitle(node)}, ${type?.title ?? node.type}`}
      data-selected={selected || undefined}
      aria-current={selected || undefined}
      data-alone={isAlone || undefined}
      data-off={node.disabled || undefined}
      data-unknown={type === undefined || undefined}
      data-tone={toneOf(face)}
      style={{ height }}
    >
      <NodeHead path={id} node={node} category={type?.category} typeTitle={type?.title ?? `${node.type}: not installed`} face={face} />
      {ports.map((spot) => (
        <Port key={`${spot.side} ${spot.name}`} path={id} spot={spot} />
      ))}
      {ports.map((spot) => spot.side === "output" && <PlusButton key={spot.name} path={id} spot={spot} />)}
      <OrderSpots />
    </div>
  );
});

export function toneOf(face: Face | undefined): string | undefined {
  return face === undefined || face.isStale ? undefined : lookOf(face.status).tone;
}

interface HeadProps {
  path: NodePath;
  node: WorkflowNode;
  category: string | undefined;
  typeTitle: string;
  face: Face | undefined;
}

export function NodeHead({ path, node, category, typeTitle, face }: HeadProps) {
  const isRenaming = useView((view) => view.renaming === path);
  const said = node.disabled ? `Off · ${typeTitle}` : lineOf(face, typeTitle);
  return (
    <CardHead
      type={node.type}
      category={category}
      title={isRenaming ? <NameField path={path} node={node} /> : <b title={nodeTitle(node)}>{nodeTitle(node)}</b>}
      line={said}
      isBad={toneOf(face) === "bad"}
    >
      <Marks path={path} node={node} />
      {face && !node.disabled && <CardStatus face={face} isNamed />}
    </CardHead>
  );
}

/** What is under way or went wrong stands in place of the type; how long it took is told by the sign. */
function lineOf(face: Face | undefined, typeTitle: string): string {
  if (face === undefined || face.isStale || ["completed", "skipped", "cancelled"].includes(face.status)) return typeTitle;
  return face.text?.slice(-60) || face.line || typeTitle;
}
