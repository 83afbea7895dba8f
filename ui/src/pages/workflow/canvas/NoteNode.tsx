// A note on the canvas: text for people, which no run reads.
import { memo } from "react";
import { setConfig } from "@/model/operations/settings";
import { configOf } from "@/model/workflow";
import { attempt } from "@/pages/workflow/canvas/attempt";
import type { NodeProps } from "@/pages/workflow/canvas/flow";
import type { FlowNode } from "@/pages/workflow/canvas/flowNodes";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import classes from "@/pages/workflow/canvas/Nodes.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

export const NoteNode = memo(function NoteNode({ data, selected }: NodeProps<FlowNode>) {
  const { id, node, width, height } = data.scene;
  const isWriting = useView((view) => view.writing === id);
  const seal = useEditor((state) => state.seal);
  const said = node === undefined ? "" : configOf(node)["text"];
  const text = typeof said === "string" ? said : "";
  return (
    <div
      className={classes.note}
      role="group"
      aria-label={`Note: ${text === "" ? "empty" : text.slice(0, 80)}`}
      data-selected={selected || undefined}
      style={{ width, height }}
    >
      {isWriting ? (
        <textarea
          className="nodrag nopan nowheel"
          aria-label="Text of the note"
          value={text}
          ref={(field) => {
            if (field !== null && document.activeElement !== field) field.focus();
          }}
          onChange={(event) => {
            const value = event.currentTarget.value;
            attempt((workflow) => setConfig(workflow, id, "text", value));
          }}
          onBlur={() => {
            seal();
            setView({ writing: undefined });
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") focusCanvas();
          }}
        />
      ) : (
        <p data-empty={text === "" || undefined}>{text === "" ? "Double click to write" : text}</p>
      )}
    </div>
  );
});
