// Nodes drawn together: a box behind them with a title, or, folded, one card for all.
import { ChevronDown, ChevronRight } from "lucide-react";
import { memo } from "react";
import card from "@/components/graph/Card.module.css";
import type { NodeProps } from "@/components/graph/flow";
import { counted } from "@/format/number";
import { setGroup } from "@/model/operations/group";
import { attempt } from "@/pages/workflow/canvas/attempt";
import type { FlowNode } from "@/pages/workflow/canvas/flowNodes";
import { FoldedMarks } from "@/pages/workflow/canvas/FoldedMarks";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import classes from "@/pages/workflow/canvas/Group.module.css";
import { OrderSpots } from "@/pages/workflow/canvas/OrderSpots";
import { membersOf, type SceneNode } from "@/pages/workflow/canvas/scene";
import small from "@/pages/workflow/canvas/Small.module.css";
import step from "@/pages/workflow/canvas/Step.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

export const GroupNode = memo(function GroupNode({ data, selected }: NodeProps<FlowNode>) {
  const { id, group, graph, width, height, kind } = data.scene;
  const isNaming = useView((view) => view.renaming === id);
  const mayEdit = useEditor((state) => state.mode === "edit");
  const select = useEditor((state) => state.select);
  if (group === undefined) return null;
  const isFolded = kind === "folded";
  const title = group.title ?? "Group";
  return (
    <div
      className={isFolded ? `${card.card ?? ""} ${classes.folded ?? ""}` : classes.group}
      role="group"
      aria-label={`Group ${title}`}
      data-selected={(isFolded && selected) || undefined}
      aria-current={(isFolded && selected) || undefined}
      style={{ width, height }}
    >
      <div className={`${classes.groupHead ?? ""} treadle-group-head`}>
        <button
          type="button"
          className={`${small.small ?? ""} nodrag`}
          tabIndex={-1}
          disabled={!mayEdit}
          onClick={() => attempt((workflow) => setGroup(workflow, graph, group.id, { collapsed: !isFolded }))}
          aria-label={isFolded ? `Open ${title}` : `Fold ${title}`}
        >
          {isFolded ? <ChevronRight size={15} aria-hidden="true" /> : <ChevronDown size={15} aria-hidden="true" />}
        </button>
        {isNaming ? (
          <TitleField scene={data.scene} title={group.title ?? ""} />
        ) : (
          <button
            type="button"
            className={classes.groupTitle}
            tabIndex={-1}
            title={mayEdit ? "Double click to rename" : undefined}
            onClick={() => select(membersOf(data.scene))}
            onDoubleClick={(event) => {
              event.stopPropagation();
              if (mayEdit) setView({ renaming: id });
            }}
          >
            {title}
          </button>
        )}
        {isFolded && (
          <>
            <small>{counted(group.nodes.length, "node")}</small>
            <FoldedMarks paths={membersOf(data.scene)} />
          </>
        )}
      </div>
      {isFolded && <OrderSpots />}
    </div>
  );
});

function TitleField({ scene: { graph, group }, title }: { scene: SceneNode; title: string }) {
  return (
    <input
      className={`${step.name ?? ""} nodrag nopan`}
      aria-label="Title of the group"
      placeholder="Title of the group"
      defaultValue={title}
      // Somebody asked for this field.
      ref={(field) => {
        if (field !== null && document.activeElement !== field) field.select();
      }}
      onBlur={(event) => {
        const written = event.currentTarget.value.trim();
        setView({ renaming: undefined });
        if (written !== title && group !== undefined) attempt((workflow) => setGroup(workflow, graph, group.id, { title: written }));
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") event.currentTarget.value = title;
        if (event.key === "Enter" || event.key === "Escape") focusCanvas();
      }}
    />
  );
}
