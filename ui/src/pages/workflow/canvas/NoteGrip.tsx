// The corner of a note: pulled, the note is as large as that. One pull is one step to undo.
import { useRef } from "react";
import { snap } from "@/model/operations/move";
import type { NodePath } from "@/model/path";
import { setSize } from "@/model/operations/settings";
import classes from "@/pages/workflow/canvas/Note.module.css";
import { here } from "@/pages/workflow/canvas/viewport";
import { useEditor } from "@/pages/workflow/store/editorStore";

interface Props {
  path: NodePath;
  width: number;
  height: number;
}

export function NoteGrip({ path, width, height }: Props) {
  const began = useRef<{ x: number; y: number; width: number; height: number } | undefined>(undefined);
  return (
    // By the keys its size is set in the inspector.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <span
      className={`${classes.grip ?? ""} nodrag nopan`}
      role="img"
      aria-label="Pull to make the note larger or smaller"
      onDoubleClick={(event) => event.stopPropagation()}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        began.current = { x: event.clientX, y: event.clientY, width, height };
        useEditor.getState().seal();
      }}
      onPointerMove={(event) => {
        const from = began.current;
        if (from === undefined) return;
        const zoom = here.flow?.getZoom() ?? 1;
        const to = {
          width: snap(from.width + (event.clientX - from.x) / zoom),
          height: snap(from.height + (event.clientY - from.y) / zoom),
        };
        useEditor.getState().apply(null, (workflow) => setSize(workflow, path, to));
      }}
      onPointerUp={() => {
        began.current = undefined;
        useEditor.getState().seal();
      }}
      onPointerCancel={() => {
        began.current = undefined;
      }}
    />
  );
}
