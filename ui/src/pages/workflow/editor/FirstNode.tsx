// An empty canvas: how one begins.
import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { Keys } from "@/components/Keys";
import classes from "@/pages/workflow/editor/FirstNode.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

export function FirstNode() {
  const isEmpty = useEditor((state) => state.workflow.nodes.length === 0);
  const isEditing = useEditor((state) => state.mode === "edit");
  const isAdding = useView((view) => view.palette !== undefined);
  if (!isEmpty || isAdding) return null;
  return (
    <div className={classes.first}>
      <p className={classes.title}>{isEditing ? "What shall happen first?" : "There is nothing in it yet"}</p>
      {isEditing && (
        <>
          <Button data-tour-step="add" leftSection={<Plus size={16} />} onClick={() => setView({ palette: { graph: "" } })}>
            Add the first node
          </Button>
          <p className={classes.hint}>
            or press <Keys keys="n" />, double click, or paste a workflow file
          </p>
        </>
      )}
    </div>
  );
}
