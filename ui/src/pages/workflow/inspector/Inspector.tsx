// Right of the canvas: the form of what is selected. Nothing selected is the workflow itself.
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
  const [path, ...others] = selection;
  return (
    <aside
      className={classes.inspector}
      aria-label="Inspector"
      data-empty={path === undefined || undefined}
      style={{ "--width": `${width}px` } as CSSProperties}
    >
      <Edge width={width} onWidth={resize} />
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
