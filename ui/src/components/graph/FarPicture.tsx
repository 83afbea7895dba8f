// A workflow from far away: one picture in the colours of its nodes, instead of their elements.
import { useStore } from "@xyflow/react";
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { Faces } from "@/components/graph/faces";
import classes from "@/components/graph/GraphView.module.css";
import type { Sheet } from "@/components/graph/sheet";
import { lookOf } from "@/components/status";

export function FarPicture({ sheet, faces }: { sheet: Sheet; faces: Faces }) {
  const picture = useRef<HTMLCanvasElement>(null);
  const shown = useSyncExternalStore(faces.watchAll, faces.snapshot);
  const x = useStore((state) => state.transform[0]);
  const y = useStore((state) => state.transform[1]);
  const zoom = useStore((state) => state.transform[2]);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
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
    pen.strokeStyle = colour("--td-warp");
    pen.lineWidth = 1 / zoom;
    pen.beginPath();
    for (const { ends } of sheet.wires) {
      pen.moveTo(ends[0], ends[1]);
      pen.lineTo(ends[2], ends[3]);
    }
    pen.stroke();
    for (const one of sheet.nodes) {
      const face = shown.get(one.path);
      const tone = face === undefined ? undefined : lookOf(face.status).tone;
      pen.fillStyle = colour(one.kind === "container" ? "--td-ground" : tone === undefined ? "--td-raised" : `--td-${tone}-tint`);
      pen.strokeStyle = colour(tone === undefined ? "--td-edge" : `--td-${tone}`);
      pen.beginPath();
      pen.roundRect(one.x, one.y, one.width, one.height, 12);
      pen.fill();
      pen.stroke();
    }
  }, [sheet, shown, x, y, zoom, width, height]);
  return <canvas ref={picture} className={classes.far} role="img" aria-label={`${sheet.nodes.length} nodes, from far away`} />;
}
