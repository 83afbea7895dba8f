// What becomes of a wire that is let go: a connection, a reason why not, or the palette with what fits.
import { connect, reconnect } from "@/model/operations/connect";
import { graphOf, idOf } from "@/model/path";
import { attempt, sayRefusal } from "@/pages/workflow/canvas/attempt";
import { type OpenEnd, useDrawing } from "@/pages/workflow/canvas/drawing";
import type { Connection, FinalConnectionState } from "@/components/graph/flow";
import { openPaletteAt, type Point } from "@/pages/workflow/canvas/paletteAt";
import { here } from "@/pages/workflow/canvas/viewport";
import { whyNot } from "@/pages/workflow/canvas/whyNot";
import { useEditor, type WireAt } from "@/pages/workflow/store/editorStore";

export function startWire(node: string, port: string, isTarget: boolean): void {
  const { workflow, catalogue } = useEditor.getState();
  useDrawing.getState().start(workflow, catalogue, { node, port, side: isTarget ? "input" : "output" });
}

/** `moving`: the connection whose end is taken elsewhere. */
export function joinWire({ source, sourceHandle, target, targetHandle }: Connection, moving: WireAt | undefined): void {
  const from = { node: idOf(source), port: sourceHandle ?? undefined };
  const to = { node: idOf(target), port: targetHandle ?? undefined };
  attempt((workflow, catalogue) =>
    moving === undefined
      ? connect(workflow, catalogue, graphOf(source), from, to)
      : reconnect(workflow, catalogue, moving.graph, moving.index, from, to),
  );
}

export function mayJoin({ source, sourceHandle, target, targetHandle }: Pick<Connection, "source" | "target"> & { sourceHandle?: string | null; targetHandle?: string | null }, moving: WireAt | undefined): boolean {
  const from: OpenEnd = { node: source, port: sourceHandle ?? "", side: "output" };
  return whyNot(from, { node: target, port: targetHandle ?? "", side: "input" }, moving) === undefined;
}

export function endWire(event: MouseEvent | TouchEvent, state: FinalConnectionState, isMoving: boolean): void {
  const { from, stop } = useDrawing.getState();
  stop();
  if (from === undefined || isMoving) return;
  if (state.toHandle !== null) {
    // A port it may not end at: the reason was shown beside it, and stays a while.
    if (state.isValid !== false || state.toNode === null) return;
    const side = state.toHandle.type === "source" ? "output" : "input";
    const reason = whyNot(from, { node: state.toNode.id, port: state.toHandle.id ?? "", side });
    if (reason !== undefined) sayRefusal(reason);
    return;
  }
  const point = "changedTouches" in event ? event.changedTouches[0] : event;
  if (point !== undefined && !joinNodeAt(point, from)) openPaletteAt(point, graphOf(from.node), from);
}

/** Let go on a node beside its ports: the port that fits is taken. */
function joinNodeAt(point: Point, from: OpenEnd): boolean {
  const under = document.elementFromPoint(point.clientX, point.clientY)?.closest("[data-id]")?.getAttribute("data-id");
  const node = here.scene.byId.get(under ?? "");
  if (node?.kind !== "step" || node.id === from.node) return false;
  const [mine, theirs] = [{ node: idOf(from.node), port: from.port }, { node: idOf(node.id) }];
  const isOut = from.side === "output";
  attempt((workflow, catalogue) =>
    connect(workflow, catalogue, graphOf(from.node), isOut ? mine : theirs, isOut ? theirs : mine),
  );
  return true;
}
