// Everything that can be done on the canvas, for its menus, the palette, the keys and the sheet that lists them.
import {
  AlignHorizontalDistributeCenter,
  Box,
  ClipboardPaste,
  Copy,
  Group,
  type LucideIcon,
  Map as MapIcon,
  Maximize,
  Pencil,
  Plus,
  PowerOff,
  Redo2,
  Replace,
  Scissors,
  Search,
  SquareStack,
  StickyNote,
  Trash2,
  Undo2,
  Ungroup,
} from "lucide-react";
import { useMemo } from "react";
import type { Action } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import { nextSteps } from "@/model/history";
import { nodeOf } from "@/model/path";
import * as commands from "@/pages/workflow/canvas/commands";
import { pasteText } from "@/pages/workflow/canvas/clipboard";
import { sayRefusal } from "@/pages/workflow/canvas/attempt";
import { fit, fitAll, zoomBy, zoomTo } from "@/pages/workflow/canvas/viewport";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

interface Look {
  icon?: LucideIcon;
  keys?: string;
  words?: string[];
  refusal?: string | null;
}

function action(id: string, title: string, run: () => void, look: Look = {}): Action {
  return { id: `canvas.${id}`, title, section: "Canvas", where: "canvas", run, ...look };
}

export function useCanvasActions(): void {
  const mode = useEditor((state) => state.mode);
  const hasNodes = useEditor((state) => state.selection.length > 0);
  const hasWires = useEditor((state) => state.wires.length > 0);
  const undoes = useEditor((state) => nextSteps(state.history).undo);
  const redoes = useEditor((state) => nextSteps(state.history).redo);
  const isContainer = useEditor((state) => nodeOf(state.workflow, state.selection[0] ?? "")?.body !== undefined);
  const isInside = useEditor((state) => state.selection[0]?.includes("/") === true);
  const actions = useMemo(() => {
    const readOnly = mode === "read" ? "Nothing can be changed here." : null;
    const none = readOnly ?? (hasNodes ? null : "Select a node first.");
    const nothing = readOnly ?? (hasNodes || hasWires ? null : "Select a node or a connection first.");
    return [
      ...editing(readOnly, none, nothing, undoes, redoes, isContainer, isInside),
      ...looking(hasNodes),
    ];
  }, [mode, hasNodes, hasWires, undoes, redoes, isContainer, isInside]);
  useActions(actions);
}

function editing(
  readOnly: string | null,
  none: string | null,
  nothing: string | null,
  undoes: string | undefined,
  redoes: string | undefined,
  isContainer: boolean,
  isInside: boolean,
): Action[] {
  const { undo, redo } = useEditor.getState();
  const either = (words: string): string | null => readOnly ?? words;
  return [
    action("add", "Add a node", () => setView({ palette: { graph: commands.currentGraph() } }), { icon: Plus, keys: "n", words: ["insert", "new"], refusal: readOnly }),
    action("undo", undoes === undefined ? "Undo" : `Undo: ${undoes}`, undo, { icon: Undo2, keys: "mod+z", refusal: undoes === undefined ? either("There is nothing to undo.") : readOnly }),
    action("redo", redoes === undefined ? "Redo" : `Redo: ${redoes}`, redo, { icon: Redo2, keys: "mod+shift+z", refusal: redoes === undefined ? either("There is nothing to redo.") : readOnly }),
    action("delete", "Delete", commands.remove, { icon: Trash2, keys: "delete", refusal: nothing }),
    action("reconnect", "Delete and reconnect", commands.removeReconnecting, { icon: Trash2, keys: "mod+delete", refusal: none }),
    action("duplicate", "Duplicate", commands.duplicateChosen, { icon: SquareStack, keys: "mod+d", refusal: none }),
    action("copy", "Copy", () => document.execCommand("copy"), { icon: Copy, keys: "mod+c" }),
    action("cut", "Cut", () => document.execCommand("cut"), { icon: Scissors, keys: "mod+x", refusal: none }),
    action("paste", "Paste", pasteFromClipboard, { icon: ClipboardPaste, keys: "mod+v", words: ["yaml", "workflow file"], refusal: readOnly }),
    action("disable", "Switch off or on", commands.switchOff, { icon: PowerOff, keys: "d", words: ["disable", "enable"], refusal: none }),
    action("rename", "Rename", commands.rename, { icon: Pencil, keys: "f2", refusal: none }),
    action("replace", "Replace by another type", openReplace, { icon: Replace, keys: "r", refusal: none }),
    action("insert", "Insert a node on the connection", openInsert, { icon: Plus, refusal: readOnly }),
    action("note", "Add a note", commands.addNote, { icon: StickyNote, keys: "shift+s", words: ["sticky", "comment"], refusal: readOnly }),
    action("group", "Group", commands.group, { icon: Group, keys: "mod+g", refusal: none }),
    action("ungroup", "Ungroup", commands.ungroupChosen, { icon: Ungroup, keys: "mod+shift+g", refusal: none }),
    action("open", "Open or close the container", commands.openOrClose, { icon: Box, keys: "enter", refusal: none ?? (isContainer ? null : "Only a container is opened and closed.") }),
    action("out", "Take out of the container", commands.takeOut, { icon: Box, refusal: none ?? (isInside ? null : "The selected node stands in no container.") }),
    action("tidy", "Tidy up", () => void commands.tidyUp(), { icon: AlignHorizontalDistributeCenter, keys: "shift+alt+t", words: ["layout", "arrange"], refusal: readOnly }),
  ];
}

function looking(hasNodes: boolean): Action[] {
  return [
    action("all", "Select all", commands.selectAll, { keys: "mod+a" }),
    action("search", "Search on the canvas", () => setView({ isSearching: true }), { icon: Search, keys: "mod+f", words: ["find"] }),
    action("fit", "Show everything", fitAll, { icon: Maximize, keys: "1" }),
    action("fit.chosen", "Show the selection", () => fit(useEditor.getState().selection), { icon: Maximize, keys: "z", refusal: hasNodes ? null : "Select a node first." }),
    action("zoom.100", "Zoom to 100 %", () => zoomTo(1), { keys: "0" }),
    action("zoom.in", "Zoom in", () => zoomBy(1.25), { keys: "+" }),
    action("zoom.out", "Zoom out", () => zoomBy(0.8), { keys: "-" }),
    action("map", "Show or hide the overview", () => setView({ hasMap: !useView.getState().hasMap }), { icon: MapIcon, keys: "m", words: ["minimap"] }),
    action("outline", "Outline", () => setView({ side: useView.getState().side === "outline" ? undefined : "outline" }), { keys: "o", words: ["list of nodes"] }),
    action("problems", "Problems", () => setView({ side: useView.getState().side === "problems" ? undefined : "problems" }), { words: ["errors", "issues"] }),
  ];
}

function openReplace(): void {
  const [path] = useEditor.getState().selection;
  if (path !== undefined) setView({ palette: { graph: commands.currentGraph(), replaces: path } });
}

function openInsert(): void {
  const [wire] = useEditor.getState().wires;
  if (wire !== undefined) setView({ palette: { graph: wire.graph, wire } });
}

/** From a menu: the browser may ask whether we may read. */
function pasteFromClipboard(): void {
  const clipboard: Clipboard | undefined = navigator.clipboard;
  const refused = (): void => sayRefusal({ ok: false, reason: "The browser does not let us read the clipboard.", remedy: "Press the keys for pasting on the canvas instead." });
  if (clipboard === undefined) return refused();
  clipboard.readText().then(pasteText, refused);
}
