// A graph as a small drawing: of a workflow's version, a template, a deployment.
import { useInViewport } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { memo, useMemo } from "react";
import { definitionOf } from "@/api/versions";
import classes from "@/components/Miniature.module.css";
import { makeCatalogue } from "@/model/catalogue";
import { load } from "@/model/document";
import { type Miniature as Drawing, miniatureOf } from "@/model/miniature";
import { ROOT } from "@/model/path";
import { waitsOf } from "@/model/waits";

/** It needs no types: a node's category is what stands before the dot. */
const NO_TYPES = makeCatalogue([]);
const drawn = new Map<string, Drawing | null>();
const MOST_KEPT = 400;

/** Of a graph as the API tells it; null where it cannot be drawn. */
function draw(graph: unknown): Drawing | null {
  const loaded = load(graph);
  if (!loaded.ok) return null;
  const nodes = loaded.value.nodes.filter((node) => node.type !== "flow.note");
  // In so small a drawing, what waits for what is a line, whether it is a connection or a reference.
  const waits = waitsOf(loaded.value, NO_TYPES).get(ROOT) ?? [];
  const connections = [...loaded.value.connections, ...waits];
  return nodes.length === 0 ? null : miniatureOf({ ...loaded.value, nodes, connections }, NO_TYPES);
}

/** As `draw`, once for each key. */
function drawOnce(key: string, graph: unknown): Drawing | null {
  const before = drawn.get(key);
  if (before !== undefined) return before;
  const drawing = draw(graph);
  if (drawn.size >= MOST_KEPT) drawn.clear();
  drawn.set(key, drawing);
  return drawing;
}

/** Of the version of a workflow; asked for when it is first seen. `stamp` changes when the version's content does. */
export function WorkflowMiniature(props: { workflow: string; version: string; stamp: string; isQuiet?: boolean }) {
  const { workflow, version, stamp, isQuiet } = props;
  const { ref, inViewport } = useInViewport<HTMLDivElement>();
  const options = definitionOf(workflow, version, stamp);
  const query = useQuery({ ...options, enabled: inViewport, retry: false });
  const graph = query.data?.graph;
  const drawing = useMemo(
    () => (graph ? drawOnce(`${workflow} ${version} ${stamp}`, graph) : null),
    [graph, workflow, version, stamp],
  );
  const isKnown = query.data !== undefined || query.error !== null;
  return (
    <div ref={ref} className={classes.frame} data-quiet={isQuiet || undefined} aria-busy={inViewport && !isKnown}>
      {isKnown && <Picture drawing={drawing} />}
    </div>
  );
}

/** Of a graph that is already here. */
export function GraphMiniature({ graph, isQuiet }: { graph: unknown; isQuiet?: boolean }) {
  const drawing = useMemo(() => draw(graph), [graph]);
  return (
    <div className={classes.frame} data-quiet={isQuiet || undefined}>
      <Picture drawing={drawing} />
    </div>
  );
}

const Picture = memo(function Picture({ drawing }: { drawing: Drawing | null }) {
  if (drawing === null) return <span className={classes.nothing}>Nothing drawn yet</span>;
  return (
    <svg className={classes.picture} viewBox={atLeast(drawing.viewBox)} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
      <path className={classes.wires} d={drawing.wires} />
      <path className={classes.containers} d={drawing.containers} />
      {drawing.nodes.map(({ category, d }) => (
        <path key={category} className={classes.node} data-category={category} d={d} />
      ))}
    </svg>
  );
});

const LEAST_WIDTH = 900;
const LEAST_HEIGHT = 360;

/** A single node is not blown up to fill the frame. */
function atLeast(viewBox: string): string {
  const [x = 0, y = 0, width = 0, height = 0] = viewBox.split(" ").map(Number);
  const [w, h] = [Math.max(width, LEAST_WIDTH), Math.max(height, LEAST_HEIGHT)];
  return `${x - (w - width) / 2} ${y - (h - height) / 2} ${w} ${h}`;
}
