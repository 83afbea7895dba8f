// A difference drawn: what was added, removed and changed, by colour and by sign.
import { ActionIcon } from "@mantine/core";
import { Maximize, Minus, Plus } from "lucide-react";
import { useState } from "react";
import type { DrawnNode, Drawing, Mark } from "@/model/drawing";
import classes from "@/pages/versions/DiffGraph.module.css";

export const SIGNS: Record<Mark, string> = { added: "+", removed: "−", changed: "~", renamed: "~", looks: "", same: "" };
const MARGIN = 40;
const STEP = 1.35;
const MOST = 4;

interface Props {
  drawing: Drawing;
  chosen: string | null;
  onChoose: (path: string | null) => void;
}

export function DiffGraph({ drawing, chosen, onChoose }: Props) {
  const [zoom, setZoom] = useState(1);
  const { bounds, nodes, wires } = drawing;
  const width = Math.max(bounds.width + 2 * MARGIN, 760);
  const height = Math.max(bounds.height + 2 * MARGIN, 320);
  const left = bounds.x - (width - bounds.width) / 2;
  const top = bounds.y - (height - bounds.height) / 2;
  return (
    <section className={classes.graph} aria-label="Canvas">
      {/* What does not fit is scrolled to, with the keyboard too. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes.scroll} role="group" aria-label="Drawing" tabIndex={0}>
        <svg
          width={`${zoom * 100}%`}
          height={`${zoom * 100}%`}
          viewBox={`${left} ${top} ${width} ${height}`}
          role="img"
          aria-label={describe(nodes)}
        >
          {nodes
            .filter((node) => node.isContainer)
            .map((node) => (
              <Box key={node.path} node={node} isChosen={node.path === chosen} onChoose={onChoose} />
            ))}
          {wires.map(({ key, d, mark }) => (
            <path key={key} className={classes.wire} data-mark={mark} d={d} />
          ))}
          {nodes
            .filter((node) => !node.isContainer)
            .map((node) => (
              <Box key={node.path} node={node} isChosen={node.path === chosen} onChoose={onChoose} />
            ))}
        </svg>
      </div>
      <div className={classes.zoom}>
        <ActionIcon aria-label="Zoom out" disabled={zoom <= 1} onClick={() => setZoom(Math.max(1, zoom / STEP))}>
          <Minus size={15} />
        </ActionIcon>
        <ActionIcon aria-label="Fit" disabled={zoom === 1} onClick={() => setZoom(1)}>
          <Maximize size={15} />
        </ActionIcon>
        <ActionIcon aria-label="Zoom in" disabled={zoom >= MOST} onClick={() => setZoom(Math.min(MOST, zoom * STEP))}>
          <Plus size={15} />
        </ActionIcon>
      </div>
      <ul className={classes.legend} aria-label="Signs">
        {(["added", "removed", "changed"] as const).map((mark) => (
          <li key={mark} data-mark={mark}>
            <span aria-hidden="true">{SIGNS[mark]}</span> {mark}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface BoxProps {
  node: DrawnNode;
  isChosen: boolean;
  onChoose: (path: string | null) => void;
}

/** The list beside says the same, and is for the keyboard. */
function Box({ node, isChosen, onChoose }: BoxProps) {
  const { path, x, y, width, height, title, type, mark, isContainer } = node;
  const sign = SIGNS[mark];
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <g
      className={classes.box}
      data-mark={mark}
      data-container={isContainer || undefined}
      data-chosen={isChosen || undefined}
      onClick={() => onChoose(isChosen ? null : path)}
    >
      <title>{`${title} (${type})`}</title>
      <rect x={x} y={y} width={width} height={height} rx={14} />
      <text x={x + 18} y={y + 32} className={classes.title}>
        {cut(title, 19)}
      </text>
      <text x={x + 18} y={y + 54} className={classes.type}>
        {cut(type, 24)}
      </text>
      {sign !== "" && (
        <>
          <circle cx={x + width - 4} cy={y + 4} r={17} />
          <text x={x + width - 4} y={y + 11} className={classes.sign}>
            {sign}
          </text>
        </>
      )}
    </g>
  );
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function describe(nodes: readonly DrawnNode[]): string {
  const count = (mark: Mark) => nodes.filter((node) => node.mark === mark).length;
  return `${nodes.length} nodes: ${count("added")} added, ${count("removed")} removed, ${count("changed") + count("renamed")} changed.`;
}
