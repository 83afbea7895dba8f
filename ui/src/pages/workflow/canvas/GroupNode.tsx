// Nodes drawn together: a box behind them with a title, or, folded, one card for all.
import { ChevronDown, ChevronRight } from "lucide-react";
import { memo, useState } from "react";
import { nodeAt } from "@/model/path";
import { setGroup } from "@/model/operations/group";
import { attempt } from "@/pages/workflow/canvas/attempt";
import type { NodeProps } from "@/pages/workflow/canvas/flow";
import type { FlowNode } from "@/pages/workflow/canvas/flowNodes";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import classes from "@/pages/workflow/canvas/Nodes.module.css";
import { OrderSpots } from "@/pages/workflow/canvas/OrderSpots";
import { useEditor } from "@/pages/workflow/store/editorStore";

export const GroupNode = memo(function GroupNode({ data }: NodeProps<FlowNode>) {
  const { group, graph, width, height, kind } = data.scene;
  const [isNaming, setNaming] = useState(false);
  const mayEdit = useEditor((state) => state.mode === "edit");
  const select = useEditor((state) => state.select);
  if (group === undefined) return null;
  const isFolded = kind === "folded";
  const title = group.title ?? "Group";
  const fold = (): void => {
    attempt((workflow) => setGroup(workflow, graph, group.id, { collapsed: !isFolded }));
  };
  return (
    <div className={isFolded ? classes.folded : classes.group} role="group" aria-label={`Group ${title}`} style={{ width, height }}>
      <div className={`${classes.groupHead ?? ""} treadle-group-head`}>
        <button type="button" className={`${classes.small ?? ""} nodrag`} tabIndex={-1} onClick={fold} aria-label={isFolded ? `Open ${title}` : `Fold ${title}`}>
          {isFolded ? <ChevronRight size={15} aria-hidden="true" /> : <ChevronDown size={15} aria-hidden="true" />}
        </button>
        {isNaming ? (
          <input
            className={`${classes.name ?? ""} nodrag nopan`}
            aria-label="Title of the group"
            defaultValue={group.title ?? ""}
            ref={(field) => {
              if (field !== null && document.activeElement !== field) field.select();
            }}
            onBlur={(event) => {
              const written = event.currentTarget.value.trim();
              setNaming(false);
              if (written !== (group.title ?? "")) attempt((workflow) => setGroup(workflow, graph, group.id, { title: written }));
            }}
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === "Enter" || event.key === "Escape") focusCanvas();
            }}
          />
        ) : (
          <button
            type="button"
            className={classes.groupTitle}
            tabIndex={-1}
            title="Double click to rename"
            onClick={() => select(group.nodes.map((id) => nodeAt(graph, id)))}
            onDoubleClick={() => mayEdit && setNaming(true)}
          >
            {title}
          </button>
        )}
        {isFolded && <small>{group.nodes.length} nodes</small>}
      </div>
      {isFolded && <OrderSpots />}
    </div>
  );
});
