// The one place that knows the drawing library: its parts, its store and its types under our own words.
import "@xyflow/react/dist/base.css";

export {
  Background,
  BackgroundVariant,
  ConnectionLineType,
  Handle,
  MiniMap,
  Position,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useConnection,
  useReactFlow,
  useStore as useFlowStore,
  useStoreApi as useFlowStoreApi,
  ViewportPortal,
} from "@xyflow/react";
export type {
  Connection,
  ConnectionLineComponentProps,
  Edge,
  EdgeChange,
  EdgeProps,
  FinalConnectionState,
  IsValidConnection,
  Node,
  NodeChange,
  NodeProps,
  ReactFlowInstance,
  Viewport,
} from "@xyflow/react";
