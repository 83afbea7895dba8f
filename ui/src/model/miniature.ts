// A graph as a small drawing: path data for an SVG, by category, without a canvas.
import type { Catalogue } from "@/model/catalogue";
import { boundsOf, closedSize } from "@/model/geometry";
import { layoutGraph, withMissingPlaces } from "@/model/layout";
import { resolve } from "@/model/resolve";
import { bodiesOf, type Workflow } from "@/model/workflow";

export interface Miniature {
  readonly viewBox: string;
  /** All wires as one path, to be drawn as a line. */
  readonly wires: string;
  /** All nodes of a category as one path, to be filled with its colour. */
  readonly nodes: readonly { readonly category: string; readonly d: string }[];
  /** Containers, to be drawn as an outline with a faint fill. */
  readonly containers: string;
}

const MARGIN = 24;
const CORNER = 20;

/** `MARGIN` around; of a workflow without nodes an empty drawing. What needs no types may do without a catalogue that
 * knows them: a node's category is what stands before the dot. */
export function miniatureOf(workflow: Workflow, catalogue: Catalogue): Miniature {
  const shown = withMissingPlaces(workflow, catalogue);
  const laid = new Map<string, { width: number; height: number }>();
  const boxes = shown.nodes
    .filter((node) => catalogue.find(node.type)?.kind !== "note")
    .map((node) => {
      const inside = bodiesOf(node).some(([, body]) => body.nodes.length > 0);
      // A container is as large as what is in it, so that it shows as one.
      const size = inside && node.position?.collapsed !== true ? containerSize(node.id) : closedSize(node, catalogue);
      return { node, inside, x: node.position?.x ?? 0, y: node.position?.y ?? 0, ...size };
    });

  function containerSize(id: string): { width: number; height: number } {
    const node = shown.nodes.find((one) => one.id === id);
    const known = laid.get(id);
    if (known !== undefined || node === undefined) return known ?? { width: 0, height: 0 };
    const { position: _, ...alone } = node;
    const { size } = layoutGraph({ nodes: [alone], connections: [] }, catalogue);
    laid.set(id, size);
    return size;
  }

  const bounds = boundsOf(boxes);
  if (bounds === undefined) return { viewBox: "0 0 240 120", wires: "", nodes: [], containers: "" };
  const byId = new Map(boxes.map((box) => [box.node.id, box]));
  const wires = resolve(shown, catalogue).flatMap(({ source, target }) => {
    const [from, to] = [byId.get(source), byId.get(target)];
    return from && to ? [wire(from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2)] : [];
  });
  const plain = Map.groupBy(
    boxes.filter((box) => !box.inside),
    ({ node }) => catalogue.find(node.type)?.category ?? node.type.split(".")[0] ?? "",
  );
  return {
    viewBox: [bounds.x - MARGIN, bounds.y - MARGIN, bounds.width + 2 * MARGIN, bounds.height + 2 * MARGIN]
      .map(Math.round)
      .join(" "),
    wires: wires.join(""),
    nodes: [...plain].map(([category, some]) => ({ category, d: some.map(rounded).join("") })),
    containers: boxes
      .filter((box) => box.inside)
      .map(rounded)
      .join(""),
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function rounded({ x, y, width, height }: Box): string {
  const [w, h, r] = [Math.round(width - 2 * CORNER), Math.round(height - 2 * CORNER), CORNER];
  const arc = (dx: number, dy: number): string => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return `M${Math.round(x + r)} ${Math.round(y)}h${w}${arc(r, r)}v${h}${arc(-r, r)}h${-w}${arc(-r, -r)}v${-h}${arc(r, -r)}z`;
}

function wire(x1: number, y1: number, x2: number, y2: number): string {
  const bend = Math.max(32, Math.abs(x2 - x1) / 2);
  const [a, b, c, d] = [x1, y1, x2, y2].map(Math.round);
  return `M${a} ${b}C${Math.round(x1 + bend)} ${b} ${Math.round(x2 - bend)} ${d} ${c} ${d}`;
}
