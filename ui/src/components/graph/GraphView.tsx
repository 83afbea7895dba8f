// A workflow to look at: read-only, with how its nodes stand. Only what is in sight is mounted; from far away it is one picture.
import "@xyflow/react/dist/base.css";
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
  useReactFlow,
  useStore,
} from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { createContext, memo, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import { FarPicture } from "@/components/graph/FarPicture";
import type { Faces } from "@/components/graph/faces";
import classes from "@/components/graph/GraphView.module.css";
import { NodeFace } from "@/components/graph/NodeFace";
import type { DrawnNode, DrawnWire, Sheet } from "@/components/graph/sheet";
import { lookOf } from "@/components/status";
import type { NodePath } from "@/model/path";

interface Shown {
  faces: Faces;
  selected: NodePath | null;
  onSelect: (path: NodePath | null) => void;
}

type FlowNode = Node<{ drawn: DrawnNode }>;
type FlowEdge = Edge<{ wire: DrawnWire }>;

const Showing = createContext<Shown | null>(null);
const NODE_TYPES = { drawn: memo(Drawn) };
const EDGE_TYPES = { drawn: memo(Wire) };
const FAR = 0.3;

interface Props {
  sheet: Sheet;
  faces: Faces;
  selected: NodePath | null;
  onSelect: (path: NodePath | null) => void;
  /** What lies over it: a legend, a hint. */
  overlay?: ReactNode;
}

export function GraphView({ sheet, faces, selected, onSelect, overlay }: Props) {
  const shown = useMemo(() => ({ faces, selected, onSelect }), [faces, selected, onSelect]);
  return (
    <ReactFlowProvider>
      <Showing value={shown}>
        <Flow sheet={sheet} faces={faces} onSelect={onSelect} />
        {overlay}
      </Showing>
    </ReactFlowProvider>
  );
}

function Flow({ sheet, faces, onSelect }: Pick<Props, "sheet" | "faces" | "onSelect">) {
  const isFar = useStore((state) => state.transform[2] < FAR);
  const nodes = useMemo(() => sheet.nodes.map(flowNode), [sheet]);
  const edges = useMemo(() => sheet.wires.map(flowEdge), [sheet]);
  return (
    <div className={classes.graph} role="group" aria-label="Graph" data-canvas="run">
      <ReactFlow<FlowNode, FlowEdge>
        nodes={isFar ? [] : nodes}
        edges={isFar ? [] : edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        onlyRenderVisibleElements
        panOnScroll
        zIndexMode="manual"
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        minZoom={0.05}
        maxZoom={2}
        proOptions={{ hideAttribution: true }}
        onPaneClick={() => onSelect(null)}
        aria-label="The workflow as it ran"
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={2} color="var(--td-warp)" />
        {isFar && <FarPicture sheet={sheet} faces={faces} />}
      </ReactFlow>
      <Zooming sheet={sheet} />
    </div>
  );
}

function Zooming({ sheet }: { sheet: Sheet }) {
  const flow = useReactFlow();
  const isMeasured = useStore((state) => state.width > 0 && state.height > 0);
  const fit = useMemo(() => {
    const right = Math.max(0, ...sheet.nodes.map((one) => one.x + one.width));
    const bottom = Math.max(0, ...sheet.nodes.map((one) => one.y + one.height));
    const left = Math.min(...sheet.nodes.map((one) => one.x), right);
    const top = Math.min(...sheet.nodes.map((one) => one.y), bottom);
    const bounds = { x: left, y: top, width: right - left, height: bottom - top };
    return () => {
      // Not larger than life, however little there is.
      void flow.fitBounds(bounds, { padding: 0.05 }).then(() => (flow.getZoom() > 1 ? flow.zoomTo(1) : true));
    };
  }, [flow, sheet]);
  useEffect(() => {
    if (isMeasured) fit();
  }, [fit, isMeasured]);
  return (
    <div className={classes.zoom} role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom in" onClick={() => void flow.zoomIn()}>
        <Plus size={15} aria-hidden="true" />
      </button>
      <button type="button" aria-label="Zoom out" onClick={() => void flow.zoomOut()}>
        <Minus size={15} aria-hidden="true" />
      </button>
      <button type="button" aria-label="Show all of it" onClick={fit}>
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

function useFace(path: NodePath) {
  const { faces } = useShown();
  return useSyncExternalStore(
    useMemo(() => (watcher: () => void) => faces.watch(path, watcher), [faces, path]),
    () => faces.get(path),
  );
}

function Drawn({ data: { drawn } }: NodeProps<FlowNode>) {
  const { selected, onSelect } = useShown();
  const face = useFace(drawn.path);
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
        onClick={() => onSelect(drawn.path)}
      />
      <Handle type="target" position={Position.Left} isConnectable={false} className={classes.end ?? ""} aria-hidden="true" />
      <Handle type="source" position={Position.Right} isConnectable={false} className={classes.end ?? ""} aria-hidden="true" />
    </>
  );
}

function Wire({ data }: EdgeProps<FlowEdge>) {
  return data === undefined ? null : <WirePath wire={data.wire} />;
}

function WirePath({ wire }: { wire: DrawnWire }) {
  const { onSelect } = useShown();
  const from = useFace(wire.source);
  const [x1, y1, x2, y2] = wire.ends;
  const value = wire.output === undefined ? undefined : from?.values?.[wire.output];
  const isLive = wire.output === undefined ? from?.status === "completed" : value !== undefined;
  const bend = Math.max(32, Math.abs(x2 - x1) / 2);
  const label = wire.kind === "value" && value ? value : undefined;
  const most = Math.max(4, Math.floor((Math.abs(x2 - x1) - 28) / 6.4));
  const words = label === undefined ? "" : label.length > most ? `${label.slice(0, most - 1)}…` : label;
  const width = words.length * 6.4 + 14;
  return (
    <g>
      <path
        className={classes.wire}
        data-kind={wire.kind}
        data-live={isLive || undefined}
        d={`M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`}
      />
      {words !== "" && (
        <g className={classes.value} transform={`translate(${(x1 + x2) / 2} ${(y1 + y2) / 2})`} onClick={() => onSelect(wire.source)}>
          <title>{label}</title>
          <rect x={-width / 2} y={-10} width={width} height={20} rx={10} />
          <text textAnchor="middle" y={4}>
            {words}
          </text>
        </g>
      )}
    </g>
  );
}
