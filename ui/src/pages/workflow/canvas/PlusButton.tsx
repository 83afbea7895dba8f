// A plus beside an output: what comes next? Shown where the pointer is, and on selected nodes.
import { Plus } from "lucide-react";
import { graphOf, type NodePath } from "@/model/path";
import classes from "@/pages/workflow/canvas/Step.module.css";
import type { PortSpot } from "@/pages/workflow/canvas/portSpots";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView } from "@/pages/workflow/store/viewStore";

export function PlusButton({ path, spot }: { path: NodePath; spot: PortSpot }) {
  const mayEdit = useEditor((state) => state.mode === "edit");
  if (!mayEdit) return null;
  return (
    <button
      type="button"
      className={`${classes.plus ?? ""} nodrag nopan`}
      style={{ top: spot.y }}
      tabIndex={-1}
      aria-label={`Add a node after ${spot.name}`}
      onClick={(event) => {
        event.stopPropagation();
        setView({ palette: { graph: graphOf(path), from: { node: path, port: spot.name, side: "output" } } });
      }}
    >
      <Plus size={14} aria-hidden="true" />
    </button>
  );
}
