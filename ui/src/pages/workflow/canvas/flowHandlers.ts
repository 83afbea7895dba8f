// What the drawing library calls back. Always the same functions: with each that is another one it looks at all of its
// nodes again.
import type { Connection, Edge, FinalConnectionState, ReactFlowInstance } from "@/components/graph/flow";
import { endWire, joinWire, mayJoin, startWire } from "@/pages/workflow/canvas/connecting";
import type { FlowEdge, FlowNode } from "@/pages/workflow/canvas/flowNodes";
import { openContextMenu, openNode } from "@/pages/workflow/canvas/opening";
import type { SceneWire } from "@/pages/workflow/canvas/sceneWires";
import { takeClick, takeWires } from "@/pages/workflow/canvas/selecting";
import { here, showFirst } from "@/pages/workflow/canvas/viewport";

interface Begun {
  nodeId: string | null;
  handleId: string | null;
  handleType: string | null;
}

/** The wire one end of which is in hand. */
let reconnecting: SceneWire | undefined;

export const FLOW_HANDLERS = {
  onEdgesChange: takeWires,
  onNodeClick: (event: React.MouseEvent, node: FlowNode): void => takeClick(event, node.id),
  onNodeDoubleClick: (_event: unknown, node: FlowNode): void => openNode(node.data.scene),
  onNodeContextMenu: (event: React.MouseEvent, node: FlowNode): void => openContextMenu(event, node.data.scene),
  onEdgeContextMenu: (event: React.MouseEvent, edge: FlowEdge): void => openContextMenu(event, edge.data?.wire),
  onPaneContextMenu: (event: MouseEvent | React.MouseEvent): void => openContextMenu(event, undefined),
  onConnect: (made: Connection): void => joinWire(made, undefined),
  onConnectStart: (_event: unknown, { nodeId, handleId, handleType }: Begun): void => {
    if (nodeId !== null && handleId !== null) startWire(nodeId, handleId, handleType === "target");
  },
  onConnectEnd: (event: MouseEvent | TouchEvent, state: FinalConnectionState): void =>
    endWire(event, state, reconnecting !== undefined),
  onReconnect: (edge: FlowEdge, made: Connection): void => joinWire(made, edge.data?.wire),
  onReconnectStart: (_event: unknown, edge: FlowEdge): void => {
    reconnecting = edge.data?.wire;
  },
  onReconnectEnd: (): void => {
    reconnecting = undefined;
  },
  isValidConnection: (wanted: Edge | Connection): boolean => mayJoin(wanted, reconnecting),
  onInit: (flow: ReactFlowInstance<FlowNode, FlowEdge>): void => {
    here.flow = flow;
    showFirst();
  },
};
