// What a double click and the other button of the mouse do.
import { graphAt } from "@/model/path";
import { configOf } from "@/model/workflow";
import { setGroup } from "@/model/operations/group";
import { setShape } from "@/model/operations/move";
import { attempt } from "@/pages/workflow/canvas/attempt";
import type { SceneNode } from "@/pages/workflow/canvas/scene";
import type { SceneWire } from "@/pages/workflow/canvas/sceneWires";
import { here } from "@/pages/workflow/canvas/viewport";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView } from "@/pages/workflow/store/viewStore";

type GoTo = (workflow: string) => void;
let goTo: GoTo = () => undefined;

/** The page says how one goes to another workflow. */
export function onOpenWorkflow(go: GoTo): void {
  goTo = go;
}

/** The workflow that a node calls, if it says so in plain text. */
export function calledBy(one: SceneNode): string | undefined {
  if (one.node?.type !== "flow.workflow") return undefined;
  const name = configOf(one.node)["workflow"];
  return typeof name === "string" && name !== "" && !name.includes("{{") ? name : undefined;
}

export function openNode(one: SceneNode): void {
  const called = calledBy(one);
  const isEditing = useEditor.getState().mode === "edit";
  if (called !== undefined) goTo(called);
  else if (one.kind === "note" && isEditing) setView({ writing: one.id });
  else if (one.kind === "step" && one.node?.body !== undefined && isEditing) {
    attempt((workflow) => setShape(workflow, one.id, { collapsed: false }));
  } else if (one.kind === "folded" && one.group !== undefined && isEditing) {
    const { graph, group } = one;
    attempt((workflow) => setGroup(workflow, graph, group.id, { collapsed: false }));
  } else if (one.kind === "step" && isEditing) setView({ renaming: one.id });
}

const OF_NODE = ["rename", "pin", "breakpoint", "disable", "duplicate", "copy", "cut", "group", "ungroup", "extract", "replace", "open", "out", "tidy", "delete", "reconnect"];
const OF_WIRE = ["insert", "delete"];
const OF_CANVAS = ["add", "note", "paste", "all", "tidy", "fit"];

export function openContextMenu(event: MouseEvent | React.MouseEvent, on: SceneNode | SceneWire | undefined): void {
  event.preventDefault();
  const { selection, select } = useEditor.getState();
  const room = here.element?.getBoundingClientRect();
  const at = { x: event.clientX - (room?.left ?? 0), y: event.clientY - (room?.top ?? 0) };
  if (on === undefined) return setView({ menu: { ...at, actions: OF_CANVAS } });
  if ("tint" in on) {
    if (on.kind !== "value") return;
    select([], [{ graph: on.graph, index: on.index }]);
    return setView({ menu: { ...at, actions: OF_WIRE } });
  }
  if (on.group !== undefined) {
    const graph = graphAt(useEditor.getState().workflow, on.graph);
    const members = on.group.nodes.filter((id) => graph?.nodes.some((node) => node.id === id));
    select(members.map((id) => (on.graph === "" ? id : `${on.graph}/${id}`)));
    return setView({ menu: { ...at, actions: ["open", "ungroup", "pin", "disable", "duplicate", "copy", "cut", "extract", "delete"] } });
  }
  if (!selection.includes(on.id)) select([on.id]);
  setView({ menu: { ...at, actions: OF_NODE } });
}
