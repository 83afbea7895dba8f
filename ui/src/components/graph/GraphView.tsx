// A workflow to look at: read-only, with how its nodes stand. Only what is in sight is mounted; from far away it is one picture.
import { Maximize, Minus, Plus } from "lucide-react";
import { createContext, memo, type ReactNode, useContext, useEffect, useEffectEvent, useMemo, useRef } from "react";
import type { Faces } from "@/components/graph/faces";
import { type FarBox, isFar } from "@/components/graph/far";
import { type FarInk, FarPicture } from "@/components/graph/FarPicture";
import { fitted, fittedToRead, leftmost } from "@/components/graph/fit";
import {
  Background,
  BackgroundVariant,
  type Edge,
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useFlowStore,
  useReactFlow,
  type Viewport,
} from "@/components/graph/flow";
import classes from "@/components/graph/GraphView.module.css";
import { NodeFace } from "@/components/graph/NodeFace";
import type { DrawnNode, DrawnWire, Sheet } from "@/components/graph/sheet";
import { useAllFaces, useFace } from "@/components/graph/useFace";
import { wirePath } from "@/components/graph/wirePath";
import { WireValue } from "@/components/graph/WireValue";
import { lookOf } from "@/components/status";
import { useCalm } from "@/live/useCalm";
import { boundsOf } from "@/model/geometry";
import type { NodePath } from "@/model/path";

interface Shown {
  faces: Faces;
  selected: NodePath | null;
  onSelect: (path: NodePath | null) => void;
  /** A node was gone into: double click, or Enter on the one that is chosen. */
  onOpen?: ((path: NodePath) => void) | undefined;
  /** Nodes before which a test stops. */
  breakpoints?: ReadonlySet<NodePath> | undefined;
}

type FlowNode = Node<{ drawn: DrawnNode }>;
type FlowEdge = Edge<{ wire: DrawnWire }>;

const Showing = createContext<Shown | null>(null);
const NODE_TYPES = { drawn: memo(Drawn) };
const EDGE_TYPES = { drawn: memo(Wire) };

interface Props extends Shown {
  sheet: Sheet;
  /** It is over, or looked at as it was: nothing moves any more. */
  isPast?: boolean;
  /** It is one part of a page that scrolls: the wheel is the page's. */
  isInPage?: boolean;
  /** What lies over it: a legend, a hint. */
  overlay?: ReactNode;
}

export function GraphView({ sheet, faces, selected, onSelect, onOpen, breakpoints, isPast = false, isInPage = false, overlay }: Props) {
  const shown = useMemo(() => ({ faces, selected, onSelect, onOpen, breakpoints }), [faces, selected, onSelect, onOpen, breakpoints]);
  return (
    <ReactFlowProvider>
      <Showing value={shown}>
        <Flow sheet={sheet} faces={faces} onSelect={onSelect} isPast={isPast} isInPage={isInPage} />
        {overlay}
      </Showing>
    </ReactFlowProvider>
  );
}

function Flow({ sheet, faces, onSelect, isPast, isInPage = false }: Pick<Props, "sheet" | "faces" | "onSelect" | "isPast" | "isInPage">) {
  const isFarAway = useFlowStore((state) => isFar(state.transform[2], sheet.nodes.length));
  const nodes = useMemo(() => sheet.nodes.map(flowNode), [sheet]);
  const edges = useMemo(() => sheet.wires.map(flowEdge), [sheet]);
  return (
    <div className={classes.graph} role="group" aria-label="Graph" data-canvas="run" data-past={isPast || undefined}>
      <ReactFlow<FlowNode, FlowEdge>
        nodes={isFarAway ? NO_NODES : nodes}
        edges={isFarAway ? NO_EDGES : edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        onlyRenderVisibleElements
        panOnScroll={!isInPage}
        zoomOnScroll={!isInPage}
        preventScrolling={!isInPage}
        zIndexMode="manual"
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        minZoom={0.05}
        maxZoom={2}
        proOptions={{ hideAttribution: true }}
        onPaneClick={() => onSelect(null)}
        aria-label="The workflow as it ran"
      >
        {!isPast && <Background variant={BackgroundVariant.Dots} gap={24} size={2} color="var(--td-warp)" />}
        {isFarAway && <FarSheet sheet={sheet} faces={faces} />}
      </ReactFlow>
      <Zooming sheet={sheet} />
    </div>
  );
}

function FarSheet({ sheet, faces }: { sheet: Sheet; faces: Faces }) {
  const shown = useCalm(useAllFaces(faces));
  const boxes = useMemo(() => sheet.nodes.map((one): FarBox => ({ ...one, key: one.path })), [sheet]);
  const wires = useMemo(() => sheet.wires.map(({ ends }) => ends), [sheet]);
  const inkOf = useMemo(
    () =>
      ({ key, kind }: FarBox): FarInk => {
        const face = shown.get(key);
        const tone = face === undefined ? undefined : lookOf(face.status).tone;
        if (kind === "note") return { fill: "--td-wait-tint", line: "--td-edge" };
        return {
          fill: kind === "container" ? "--td-ground" : tone === undefined ? "--td-raised" : `--td-${tone}-tint`,
          line: tone === undefined ? "--td-edge" : `--td-${tone}`,
        };
      },
    [shown],
  );
  return <FarPicture boxes={boxes} wires={wires} inkOf={inkOf} />;
}

const MARGIN = 40;
/** At less than that no name can be read; then it begins at the beginning. */
const READABLE = { least: 0.35, zoom: 0.7 };

function Zooming({ sheet }: { sheet: Sheet }) {
  const flow = useReactFlow();
  const width = useFlowStore((state) => state.width);
  const height = useFlowStore((state) => state.height);
  const isMeasured = width > 0 && height > 0;
  /** Where it was left to us to look. */
  const untouched = useRef<Viewport | null>(null);
  const show = (isToRead: boolean): void => {
    const box = boundsOf(sheet.nodes);
    const first = leftmost(sheet.nodes);
    if (box === undefined || first === undefined) return;
    const room = { width, height };
    const viewport = isToRead ? fittedToRead(box, first, room, MARGIN, READABLE) : fitted(box, room, MARGIN);
    untouched.current = viewport;
    void flow.setViewport(viewport);
  };
  const showFirst = useEffectEvent(() => show(true));
  useEffect(() => {
    if (isMeasured && sheet.nodes.length > 0) showFirst();
  }, [sheet, isMeasured]);
  // Its room has changed, as something beside it was opened: who has not moved it sees all of it again.
  const showAgain = useEffectEvent(() => {
    const [now, then] = [flow.getViewport(), untouched.current];
    if (then !== null && now.x === then.x && now.y === then.y && now.zoom === then.zoom) show(true);
  });
  useEffect(() => {
    if (width > 0 && height > 0) showAgain();
  }, [width, height]);
  return (
    <div className={classes.zoom} role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom in" onClick={() => void flow.zoomIn()}>
        <Plus size={15} aria-hidden="true" />
      </button>
      <button type="button" aria-label="Zoom out" onClick={() => void flow.zoomOut()}>
        <Minus size={15} aria-hidden="true" />
      </button>
      <button type="button" aria-label="Show all of it" onClick={() => show(false)}>
        <Maximize size={15} aria-hidden="true" />
      </button>
    </div>
  );
}

function flowNode(drawn: DrawnNode): FlowNode {
  const { width, height } = drawn;
  const handle = { width: 2, height: 2, y: 28 };
  return {
    id: drawn.path,
    type: "drawn",
    position: { x: drawn.x, y: drawn.y },
    data: { drawn },
    width,
    height,
    measured: { width, height },
    zIndex: drawn.kind === "container" ? 0 : 2,
    handles: [
      { ...handle, type: "target", position: Position.Left, x: 0 },
      { ...handle, type: "source", position: Position.Right, x: width },
    ],
  };
}

function flowEdge(wire: DrawnWire): FlowEdge {
  return { id: wire.id, type: "drawn", source: wire.source, target: wire.target, data: { wire }, zIndex: wire.source.includes("/") ? 1 : 0 };
}

function useShown(): Shown {
  const shown = useContext(Showing);
  if (shown === null) throw new Error("A node is drawn outside of a GraphView.");
  return shown;
}

function Drawn({ data: { drawn } }: NodeProps<FlowNode>) {
  const { faces, selected, onSelect, onOpen, breakpoints } = useShown();
  const face = useFace(faces, drawn.path);
  const isSelected = selected === drawn.path;
  if (drawn.kind === "note") return <NodeFace drawn={drawn} face={undefined} isSelected={false} />;
  const status = face === undefined ? "not reached" : lookOf(face.status).label;
  return (
    <>
      <NodeFace drawn={drawn} face={face} isSelected={isSelected} />
      {/* It says all that the face shows, in a few words. */}
      <button
        type="button"
        className={classes.node}
        aria-label={`${drawn.title}: ${status}`}
        aria-pressed={isSelected}
        // The keyboard's click counts none: Enter on what is chosen goes into it.
        onClick={(event) => (event.detail === 0 && isSelected && onOpen ? onOpen(drawn.path) : onSelect(drawn.path))}
        onDoubleClick={() => onOpen?.(drawn.path)}
      />
      {breakpoints?.has(drawn.path) === true && <span className={classes.breakpoint} role="img" aria-label={`Breakpoint at ${drawn.title}`} title="Breakpoint" />}
      <Handle type="target" position={Position.Left} isConnectable={false} className={classes.end ?? ""} aria-hidden="true" />
      <Handle type="source" position={Position.Right} isConnectable={false} className={classes.end ?? ""} aria-hidden="true" />
    </>
  );
}

function Wire({ data }: EdgeProps<FlowEdge>) {
  return data === undefined ? null : <WirePath wire={data.wire} />;
}

function WirePath({ wire }: { wire: DrawnWire }) {
  const { faces, onSelect } = useShown();
  const from = useFace(faces, wire.source);
  const value = wire.output === undefined ? undefined : from?.values?.[wire.output];
  const isLive = wire.output === undefined ? from?.status === "completed" : value !== undefined;
  return (
    <g>
      <path className={classes.wire} data-kind={wire.kind} data-live={isLive || undefined} d={wirePath(...wire.ends)} />
      {wire.kind === "value" && value && <WireValue ends={wire.ends} value={value} onClick={() => onSelect(wire.source)} />}
    </g>
  );
}

const NO_NODES: FlowNode[] = [];
const NO_EDGES: FlowEdge[] = [];
