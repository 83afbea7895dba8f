// A large workflow from far away: one picture instead of a thousand elements. A double click goes there.
import { useEffect, useRef } from "react";
import classes from "@/pages/workflow/canvas/Canvas.module.css";
import { useFlowStore } from "@/pages/workflow/canvas/flow";
import { absolute, endsOf } from "@/pages/workflow/canvas/geometry";
import type { Scene } from "@/pages/workflow/canvas/scene";
import { useEditor } from "@/pages/workflow/store/editorStore";

const MANY = 150;

/** Whether the picture stands in for the nodes. */
export function isFar(scene: Scene, isSmall: boolean): boolean {
  return isSmall && scene.nodes.length > MANY;
}

export function FarView({ scene }: { scene: Scene }) {
  const picture = useRef<HTMLCanvasElement>(null);
  const selection = useEditor((state) => state.selection);
  const issues = useEditor((state) => state.issues);
  const x = useFlowStore((state) => state.transform[0]);
  const y = useFlowStore((state) => state.transform[1]);
  const zoom = useFlowStore((state) => state.transform[2]);
  const width = useFlowStore((state) => state.width);
  const height = useFlowStore((state) => state.height);
  useEffect(() => {
    const element = picture.current;
    const pen = element?.getContext("2d");
    if (element === null || !pen) return;
    const dense = window.devicePixelRatio;
    element.width = width * dense;
    element.height = height * dense;
    const style = getComputedStyle(element);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    pen.setTransform(dense * zoom, 0, 0, dense * zoom, dense * x, dense * y);
    pen.strokeStyle = colour("--td-edge");
    pen.lineWidth = 1 / zoom;
    pen.beginPath();
    for (const wire of scene.wires) {
      const ends = wire.kind === "reads" ? undefined : endsOf(scene, wire);
      if (ends === undefined) continue;
      pen.moveTo(ends[0], ends[1]);
      pen.lineTo(ends[2], ends[3]);
    }
    pen.stroke();
    const chosen = new Set(selection);
    for (const one of scene.nodes) {
      const box = absolute(scene, one.id);
      if (box === undefined) continue;
      const isOpen = one.kind === "container" || one.kind === "group";
      pen.fillStyle = colour(isOpen ? "--td-ground" : one.kind === "note" ? "--td-wait-tint" : "--td-raised");
      pen.strokeStyle = colour(
        chosen.has(one.id) ? "--td-accent" : issues.byNode.has(one.id) ? "--td-bad" : isOpen ? "--td-warp" : "--td-edge",
      );
      pen.beginPath();
      pen.roundRect(box.x, box.y, box.width, box.height, 12);
      pen.fill();
      pen.stroke();
    }
  }, [scene, selection, issues, x, y, zoom, width, height]);
  return (
    <canvas
      ref={picture}
      className={classes.far}
      role="img"
      aria-label={`${scene.nodes.length} nodes, from far away`}
    />
  );
}
