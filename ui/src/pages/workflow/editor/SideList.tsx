// Beside the canvas: the outline of all nodes, or what is wrong.
import { ActionIcon } from "@mantine/core";
import { X } from "lucide-react";
import { Outline } from "@/pages/workflow/editor/Outline";
import { ProblemList } from "@/pages/workflow/editor/ProblemList";
import classes from "@/pages/workflow/editor/SideList.module.css";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import { setView, useView } from "@/pages/workflow/store/viewStore";

export function SideList() {
  const side = useView((view) => view.side);
  if (side === undefined) return null;
  const title = side === "outline" ? "Outline" : "Problems";
  return (
    <section className={classes.side} aria-label={title} data-canvas={side}>
      <div className={classes.head}>
        <h2>{title}</h2>
        <ActionIcon
          size={26}
          aria-label={`Close ${title.toLowerCase()}`}
          onClick={() => {
            setView({ side: undefined });
            focusCanvas();
          }}
        >
          <X size={15} />
        </ActionIcon>
      </div>
      {side === "outline" ? <Outline /> : <ProblemList />}
    </section>
  );
}
