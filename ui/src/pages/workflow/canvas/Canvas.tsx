// The canvas: the workflow drawn, moved, connected. What it shows comes from the store, what is done goes there.
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { GRID } from "@/model/operations/move";
import { sayRefusal } from "@/pages/workflow/canvas/attempt";
import classes from "@/pages/workflow/canvas/Canvas.module.css";
import { CanvasKeys } from "@/pages/workflow/canvas/CanvasKeys";
import { endWire, joinWire, mayJoin, startWire } from "@/pages/workflow/canvas/connecting";
import { ContainerNode } from "@/pages/workflow/canvas/ContainerNode";
import { drop, dropTarget, withMembers } from "@/pages/workflow/canvas/dragging";
import { FarView, isFar } from "@/pages/workflow/canvas/FarView";
import {
  Background,
  BackgroundVariant,
  MiniMap,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
} from "@/pages/workflow/canvas/flow";
import { type FlowEdge, flowEdges, type FlowNode, flowNodes, type Moved, wireKey } from "@/pages/workflow/canvas/flowNodes";
import { GroupNode } from "@/pages/workflow/canvas/GroupNode";
import { NoteNode } from "@/pages/workflow/canvas/NoteNode";
import { openContextMenu, openNode } from "@/pages/workflow/canvas/opening";
import { openPaletteAt } from "@/pages/workflow/canvas/paletteAt";
import type { SceneWire } from "@/pages/workflow/canvas/sceneWires";
import { takeNodes, takeWires } from "@/pages/workflow/canvas/selecting";
import { StepNode } from "@/pages/workflow/canvas/StepNode";
import { useScene } from "@/pages/workflow/canvas/useScene";
import { here, showFirst } from "@/pages/workflow/canvas/viewport";
import { WireEdge } from "@/pages/workflow/canvas/WireEdge";
import { WireReason } from "@/pages/workflow/canvas/WireReason";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

const NODE_TYPES = { step: StepNode, container: ContainerNode, note: NoteNode, group: GroupNode, folded: GroupNode };
const EDGE_TYPES = { wire: WireEdge };
const SNAP: [number, number] = [GRID, GRID];
const NOTHING_MOVED: Moved = new Map();
const MAP_UP_TO = 400;

export function Canvas() {
  return (
    <ReactFlowProvider>
      <CanvasFlow />
    </ReactFlowProvider>
  );
}

function CanvasFlow() {
  const scene = useScene();
  const selection = useEditor((state) => state.selection);
  const wires = useEditor((state) => state.wires);
  const isEditing = useEditor((state) => state.mode === "edit");
  const hasMap = useView((view) => view.hasMap);
  const [moved, setMoved] = useState(NOTHING_MOVED);
  const [isSmall, setSmall] = useState(false);
  const reconnecting = useRef<SceneWire | undefined>(undefined);

  const nodes = useMemo(() => flowNodes(scene, new Set(selection), moved), [scene, selection, moved]);
  const edges = useMemo(() => flowEdges(scene, new Set(wires.map(wireKey))), [scene, wires]);
  const isFarAway = isFar(scene, isSmall);

  useLayoutEffect(() => {
    here.scene = scene;
  }, [scene]);

  const onNodesChange = useCallback((changes: readonly NodeChange<FlowNode>[]) => {
    const at = new Map<string, { x: number; y: number }>();
    for (const change of changes) {
      if (change.type === "position" && change.position !== undefined && change.dragging) at.set(change.id, change.position);
    }
    if (at.size > 0) setMoved((before) => withMembers(here.scene, new Map([...before, ...at])));
    takeNodes(changes);
  }, []);

  const onDrag = (_event: unknown, node: FlowNode): void => {
    const { workflow, catalogue } = useEditor.getState();
    const target = dropTarget(here.scene, workflow, catalogue, moved, node.id);
    setView({ dropLane: target.lane, dropWire: target.wire?.id });
  };
  const onDragStop = (_event: unknown, node: FlowNode): void => {
    if (moved.size > 0) {
      const all = moved;
      const { workflow, catalogue, seal } = useEditor.getState();
      const target = dropTarget(here.scene, workflow, catalogue, all, node.id);
      const result = useEditor.getState().apply(null, (now, types) => drop(here.scene, now, types, all, target));
      if (!result.ok && result.reason !== "Nothing moves.") sayRefusal(result);
      seal();
    }
    setMoved(NOTHING_MOVED);
    setView({ dropLane: undefined, dropWire: undefined });
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={classes.canvas}
      data-canvas="main"
      data-far={isFarAway || undefined}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label="Canvas"
      ref={(element) => {
        here.element = element ?? undefined;
      }}
      onPointerDownCapture={(event) => {
        const isField = event.target instanceof Element && event.target.closest("input, textarea, button") !== null;
        if (isField) return;
        // The ring is for who comes by the keys.
        event.currentTarget.dataset["pointed"] = "yes";
        event.currentTarget.focus({ preventScroll: true });
      }}
      onBlur={(event) => {
        delete event.currentTarget.dataset["pointed"];
      }}
      onDoubleClick={(event) => {
        const isPane = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
        if (!isPane) return;
        const at = here.flow?.screenToFlowPosition({ x: event.clientX, y: event.clientY });
        if (isFarAway && at !== undefined) void here.flow?.setCenter(at.x, at.y, { zoom: 0.8 });
        else if (isEditing) openPaletteAt(event);
      }}
    >
      <CanvasKeys />
      <ReactFlow<FlowNode, FlowEdge>
        nodes={isFarAway ? NO_NODES : nodes}
        edges={isFarAway ? NO_EDGES : edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        aria-label="Drawing of the workflow. Arrow keys walk from node to node, N adds one; the outline lists them all."
        onNodesChange={onNodesChange}
        onEdgesChange={takeWires}
        onNodeDrag={onDrag}
        onNodeDragStop={onDragStop}
        onSelectionDragStop={(event, dragged) => dragged[0] && onDragStop(event, dragged[0])}
        onNodeDoubleClick={(_event, node) => openNode(node.data.scene)}
        onNodeContextMenu={(event, node) => openContextMenu(event, node.data.scene)}
        onEdgeContextMenu={(event, edge) => openContextMenu(event, edge.data?.wire)}
        onPaneContextMenu={(event) => openContextMenu(event, undefined)}
        onConnect={(made) => joinWire(made, undefined)}
        onConnectStart={(_event, { nodeId, handleId, handleType }) => {
          if (nodeId !== null && handleId !== null) startWire(nodeId, handleId, handleType === "target");
        }}
        onConnectEnd={(event, state) => endWire(event, state, reconnecting.current !== undefined)}
        onReconnect={(edge, made) => joinWire(made, edge.data?.wire)}
        onReconnectStart={(_event, edge) => {
          reconnecting.current = edge.data?.wire;
        }}
        onReconnectEnd={() => {
          reconnecting.current = undefined;
        }}
        isValidConnection={(wanted) => mayJoin(wanted, reconnecting.current)}
        onInit={(flow) => {
          here.flow = flow;
          showFirst();
        }}
        onViewportChange={({ zoom }) => setSmall(zoom < FAR_ZOOM)}
        onlyRenderVisibleElements
        nodesDraggable={isEditing}
        nodesConnectable={isEditing}
        edgesReconnectable={isEditing}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Meta", "Control"]}
        panActivationKeyCode="Space"
        selectionMode={SelectionMode.Partial}
        panOnScroll
        panOnDrag={[0, 1]}
        zoomOnDoubleClick={false}
        zoomActivationKeyCode={["Meta", "Control"]}
        snapToGrid
        snapGrid={SNAP}
        connectionRadius={22}
        reconnectRadius={14}
        minZoom={0.04}
        maxZoom={2}
        elevateNodesOnSelect={false}
        proOptions={PRO}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.25} color="var(--td-warp)" />
        <WireReason />
        {hasMap && scene.nodes.length > 1 && scene.nodes.length <= MAP_UP_TO && (
          <MiniMap pannable zoomable ariaLabel="Overview" className={classes.map ?? ""} bgColor="var(--td-raised)" nodeColor="var(--td-warp)" maskColor="var(--map-mask)" nodeStrokeWidth={0} nodeBorderRadius={24} style={MAP_SIZE} />
        )}
      </ReactFlow>
      {isFarAway && <FarView scene={scene} />}
    </div>
  );
}

const FAR_ZOOM = 0.3;
const MAP_SIZE = { width: 168, height: 112 };
const PRO = { hideAttribution: true };
const NO_NODES: FlowNode[] = [];
const NO_EDGES: FlowEdge[] = [];
