// The name of a node, written where it stands. Enter or leaving takes it, Escape does not.
import { useState } from "react";
import type { NodePath } from "@/model/path";
import { nameNode } from "@/model/operations/name";
import { nodeTitle, type WorkflowNode } from "@/model/workflow";
import { attempt } from "@/pages/workflow/canvas/attempt";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import classes from "@/pages/workflow/canvas/Step.module.css";
import { setView } from "@/pages/workflow/store/viewStore";

export function NameField({ path, node }: { path: NodePath; node: WorkflowNode }) {
  const [name, setName] = useState(nodeTitle(node));
  const leave = (takes: boolean): void => {
    setView({ renaming: undefined });
    if (takes && name.trim() !== "" && name !== nodeTitle(node)) {
      attempt((workflow, catalogue) => nameNode(workflow, catalogue, path, name));
    }
  };
  return (
    <input
      className={`${classes.name ?? ""} nodrag nopan`}
      aria-label="Name of the node"
      value={name}
      // Somebody asked for this field.
      ref={(field) => {
        if (field !== null && document.activeElement !== field) field.select();
      }}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={() => leave(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") focusCanvas();
        if (event.key === "Escape") {
          setView({ renaming: undefined });
          focusCanvas();
        }
      }}
    />
  );
}
