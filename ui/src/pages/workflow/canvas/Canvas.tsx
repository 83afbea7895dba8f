// The canvas: the workflow drawn, moved, connected. What it shows comes from the store, what is done goes there.
import { useLayoutEffect, useMemo, useState } from "react";
import { isFar } from "@/components/graph/far";
import { GRID } from "@/model/operations/move";
import classes from "@/pages/workflow/canvas/Canvas.module.css";
import { CanvasKeys } from "@/pages/workflow/canvas/CanvasKeys";
import { pasteFile } from "@/pages/workflow/canvas/clipboard";
import { ContainerNode } from "@/pages/workflow/canvas/ContainerNode";
import { ExtractPanel } from "@/pages/workflow/canvas/ExtractPanel";
import { FarScene } from "@/pages/workflow/canvas/FarScene";
import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
} from "@/components/graph/flow";
import { type FlowEdge, flowEdges, type FlowNode, flowNodes, wireKey } from "@/pages/workflow/canvas/flowNodes";
import { FLOW_HANDLERS } from "@/pages/workflow/canvas/flowHandlers";
import { GroupNode } from "@/pages/workflow/canvas/GroupNode";
import { NoteNode } from "@/pages/workflow/canvas/NoteNode";
import { openPaletteAt, placeAt } from "@/pages/workflow/canvas/paletteAt";
import { RunLayer } from "@/pages/workflow/canvas/RunLayer";
import { StepNode } from "@/pages/workflow/canvas/StepNode";
import { useDrag } from "@/pages/workflow/canvas/useDrag";
import { useScene } from "@/pages/workflow/canvas/useScene";
import { here } from "@/pages/workflow/canvas/viewport";
import { WireEdge } from "@/pages/workflow/canvas/WireEdge";
import { WireReason } from "@/pages/workflow/canvas/WireReason";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { useView } from "@/pages/workflow/store/viewStore";

const NODE_TYPES = { step: StepNode, container: ContainerNode, note: NoteNode, behind: GroupNode, folded: GroupNode };
const EDGE_TYPES = { wire: WireEdge };
const SNAP: [number, number] = [GRID, GRID];
const MAP_UP_TO = 400;

export function Canvas() {
  return (
    <ReactFlowProvider>
      <CanvasFlow />
      <RunLayer />
      <ExtractPanel />
    </ReactFlowProvider>
  );
}

function CanvasFlow() {
  const scene = useScene();
  const selection = useEditor((state) => state.selection);
  const wires = useEditor((state) => state.wires);
  const isEditing = useEditor((state) => state.mode === "edit");
  const hasMap = useView((view) => view.hasMap);
  const [isFarAway, setFar] = useState(false);
  const { moved, handlers } = useDrag();

  const { nodes: drawnNodes, wires: drawnWires } = scene;
  const nodes = useMemo(() => flowNodes(drawnNodes, new Set(selection), moved), [drawnNodes, selection, moved]);
  const edges = useMemo(() => flowEdges(drawnWires, new Set(wires.map(wireKey))), [drawnWires, wires]);

  useLayoutEffect(() => {
    here.scene = scene;
  }, [scene]);

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
      onDragOver={(event) => {
        if (isEditing && event.dataTransfer.types.includes("Files")) event.preventDefault();
      }}
      onDrop={(event) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        if (isEditing) pasteFile(event.dataTransfer.files, placeAt(event));
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
        {...handlers}
        {...FLOW_HANDLERS}
        onViewportChange={({ zoom }) => setFar(isFar(zoom, here.scene.nodes.length))}
        onlyRenderVisibleElements
        nodesDraggable={isEditing}
        nodesConnectable={isEditing}
        edgesReconnectable={isEditing}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={SEVERAL}
        panActivationKeyCode="Space"
        selectionMode={SelectionMode.Partial}
        panOnScroll
        panOnDrag={PAN_BUTTONS}
        zoomOnDoubleClick={false}
        zoomActivationKeyCode={SEVERAL}
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
        {hasMap && !isFarAway && scene.nodes.length > 1 && scene.nodes.length <= MAP_UP_TO && (
          <MiniMap pannable zoomable ariaLabel="Overview" className={classes.map ?? ""} bgColor="var(--td-raised)" nodeColor="var(--td-warp)" maskColor="var(--map-mask)" nodeStrokeWidth={0} nodeBorderRadius={24} style={MAP_SIZE} />
        )}
      </ReactFlow>
      {isFarAway && <FarScene scene={scene} />}
    </div>
  );
}

const MAP_SIZE = { width: 168, height: 112 };
const SEVERAL = ["Meta", "Control"];
const PAN_BUTTONS = [0, 1];
const PRO = { hideAttribution: true };
const NO_NODES: FlowNode[] = [];
const NO_EDGES: FlowEdge[] = [];
