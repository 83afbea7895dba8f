// The few buttons on the canvas itself: add, zoom, show everything.
import { List, Maximize, Plus, ZoomIn, ZoomOut } from "lucide-react";
import { useRegistry } from "@/actions/actions";
import { shownKeys } from "@/actions/keys";
import classes from "@/pages/workflow/canvas/CanvasTools.module.css";

const TOOLS = [
  { id: "canvas.add", icon: Plus },
  { id: "canvas.outline", icon: List },
  { id: "canvas.zoom.out", icon: ZoomOut },
  { id: "canvas.zoom.in", icon: ZoomIn },
  { id: "canvas.fit", icon: Maximize },
] as const;

export function CanvasTools() {
  const registry = useRegistry((state) => state.actions);
  return (
    <div className={classes.tools} role="toolbar" aria-label="Canvas">
      {TOOLS.map(({ id, icon: Icon }) => {
        const action = registry.get(id);
        if (action === undefined || action.refusal) return null;
        const keys = action.keys === undefined ? "" : ` (${shownKeys(action.keys).join(" ")})`;
        return (
          <button key={id} type="button" aria-label={action.title} title={`${action.title}${keys}`} onClick={action.run}>
            <Icon size={17} aria-hidden="true" />
          </button>
        );
      })}
    </div>
  );
}
