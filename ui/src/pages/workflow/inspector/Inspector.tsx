// Right of the canvas, on a phone a sheet over it: the form of what is selected. Nothing selected is the workflow itself.
import { ActionIcon } from "@mantine/core";
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { type CSSProperties, useEffect, useState } from "react";
import { prepareCodeEditor } from "@/expression/LazyCodeEditor";
import { Edge } from "@/pages/workflow/inspector/Edge";
import classes from "@/pages/workflow/inspector/Inspector.module.css";
import { NodeInspector } from "@/pages/workflow/inspector/NodeInspector";
import { SeveralInspector } from "@/pages/workflow/inspector/SeveralInspector";
import { WorkflowInspector } from "@/pages/workflow/inspector/WorkflowInspector";
import { keepWidth, keptWidth } from "@/pages/workflow/inspector/width";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function Inspector() {
  const selection = useEditor((state) => state.selection);
  useEffect(prepareCodeEditor, []);
  const [width, setWidth] = useState(keptWidth);
  const resize = (next: number) => {
    setWidth(next);
    keepWidth(next);
  };
  const select = useEditor((state) => state.select);
  const [isTall, setTall] = useState(false);
  const [path, ...others] = selection;
  const Size = isTall ? ChevronDown : ChevronUp;
  return (
    <aside
      className={classes.inspector}
      aria-label="Inspector"
      data-empty={path === undefined || undefined}
      data-tall={isTall || undefined}
      style={{ "--width": `${width}px` } as CSSProperties}
    >
      <Edge width={width} onWidth={resize} />
      <div className={classes.sheet}>
        <ActionIcon size={44} aria-label={isTall ? "Less room" : "More room"} aria-pressed={isTall} onClick={() => setTall(!isTall)}>
          <Size size={18} />
        </ActionIcon>
        <ActionIcon size={44} aria-label="Close the inspector" onClick={() => select([])}>
          <X size={18} />
        </ActionIcon>
      </div>
      {path === undefined ? (
        <WorkflowInspector />
      ) : others.length > 0 ? (
        <SeveralInspector key={selection.join(" ")} paths={selection} />
      ) : (
        // What was typed for one node is taken over when another is selected.
        <NodeInspector key={path} path={path} />
      )}
    </aside>
  );
}
