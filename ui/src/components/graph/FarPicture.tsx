// A large workflow from far away: one picture in the colours of its nodes, with the names that can be read.
import { useEffect, useRef } from "react";
import { FAR_TEXT, type FarBox, nameIn } from "@/components/graph/far";
import classes from "@/components/graph/FarPicture.module.css";
import { useFlowStore } from "@/components/graph/flow";

export interface FarInk {
  /** Names of colours, as `tokens.css` has them. */
  readonly fill: string;
  readonly line: string;
}

interface Props {
  boxes: readonly FarBox[];
  wires: readonly (readonly [number, number, number, number])[];
  inkOf: (box: FarBox) => FarInk;
}

export function FarPicture({ boxes, wires, inkOf }: Props) {
  const picture = useRef<HTMLCanvasElement>(null);
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
    const known = new Map<string, string>();
    const colour = (name: string): string => {
      const found = known.get(name) ?? style.getPropertyValue(name).trim();
      known.set(name, found);
      return found;
    };
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.font = `500 ${FAR_TEXT}px ${style.fontFamily}`;
    pen.textBaseline = "middle";
    pen.lineWidth = 1;
    pen.strokeStyle = colour("--td-edge");
    pen.beginPath();
    for (const [x1, y1, x2, y2] of wires) {
      pen.moveTo(x1 * zoom + x, y1 * zoom + y);
      pen.lineTo(x2 * zoom + x, y2 * zoom + y);
    }
    pen.stroke();
    for (const box of boxes) {
      const [left, top] = [box.x * zoom + x, box.y * zoom + y];
      const [wide, high] = [box.width * zoom, box.height * zoom];
      if (left > width || top > height || left + wide < 0 || top + high < 0) continue;
      const ink = inkOf(box);
      pen.fillStyle = colour(ink.fill);
      pen.strokeStyle = colour(ink.line);
      pen.beginPath();
      pen.roundRect(left, top, wide, high, Math.max(2, 10 * zoom));
      pen.fill();
      pen.stroke();
      const isOpen = box.kind === "container" || box.kind === "group";
      const name = nameIn(box.title, wide, isOpen ? Math.min(high, FAR_TEXT + 4) : high);
      if (name === "") continue;
      pen.fillStyle = colour(isOpen ? "--td-soft" : "--td-ink");
      pen.fillText(name, left + 4, isOpen ? top + FAR_TEXT / 2 + 2 : top + high / 2);
    }
  }, [boxes, wires, inkOf, x, y, zoom, width, height]);
  return <canvas ref={picture} className={classes.far} role="img" aria-label={`${boxes.length} nodes, from far away`} />;
}
