// A note on the canvas: text for people, which no run reads. Its corner makes it larger.
import { memo } from "react";
import card from "@/components/graph/Card.module.css";
import type { NodeProps } from "@/components/graph/flow";
import { Line } from "@/components/Prose";
import { setConfig } from "@/model/operations/settings";
import { configOf } from "@/model/workflow";
import { attempt } from "@/pages/workflow/canvas/attempt";
import type { FlowNode } from "@/pages/workflow/canvas/flowNodes";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import classes from "@/pages/workflow/canvas/Note.module.css";
import { NoteGrip } from "@/pages/workflow/canvas/NoteGrip";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

export const NoteNode = memo(function NoteNode({ data, selected }: NodeProps<FlowNode>) {
  const { id, node, width, height } = data.scene;
  const isWriting = useView((view) => view.writing === id);
  const mayEdit = useEditor((state) => state.mode === "edit");
  const seal = useEditor((state) => state.seal);
  const said = node === undefined ? "" : configOf(node)["text"];
  const text = typeof said === "string" ? said : "";
  return (
    <div
      className={`${card.note ?? ""} ${classes.note ?? ""}`}
      role="group"
      aria-label={`Note: ${text === "" ? "empty" : text.slice(0, 80)}`}
      data-selected={selected || undefined}
      aria-current={selected || undefined}
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
        <div className={classes.text} data-empty={text === "" || undefined}>
          {text === "" ? (mayEdit ? "Double click to write" : "Empty") : <Line>{text}</Line>}
        </div>
      )}
      {mayEdit && <NoteGrip path={id} width={width} height={height} />}
    </div>
  );
});
