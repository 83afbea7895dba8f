// Everything that can be done on the canvas: what it is called, its key, what it needs.
import {
  AlignHorizontalDistributeCenter,
  Box,
  Bug,
  ClipboardPaste,
  Copy,
  Group,
  History,
  type LucideIcon,
  Map as MapIcon,
  Maximize,
  Pencil,
  Pin,
  PinOff,
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
  Workflow,
} from "lucide-react";
import type { Action } from "@/actions/actions";
import { nextSteps } from "@/model/history";
import * as commands from "@/pages/workflow/canvas/commands";
import { pasteFromClipboard } from "@/pages/workflow/canvas/clipboard";
import { isFirstPinned, type Need, needs, opensAs } from "@/pages/workflow/canvas/needs";
import { fit, fitAll, zoomBy, zoomTo } from "@/pages/workflow/canvas/viewport";
import { type EditorState, useEditor } from "@/pages/workflow/store/editorStore";
import { toggleBreakpoints } from "@/pages/workflow/store/breakpoints";
import { setView, useView } from "@/pages/workflow/store/viewStore";

interface Look {
  icon?: LucideIcon;
  keys?: string;
  words?: string[];
  needs?: Need;
}

/** What titles and refusals are made of: with it they are drawn anew. */
export function shownOf(state: EditorState) {
  const { undo, redo } = nextSteps(state.history);
  const refusals = Object.values(needs).map((need) => need(state));
  return { undo, redo, opens: opensAs(state), isPinned: isFirstPinned(state), refusals: refusals.join() };
}

type Shown = ReturnType<typeof shownOf>;

/** What is shown follows the last drawing; a key asks anew, so that keys pressed quickly one after the other all count. */
function action(id: string, title: string, run: () => void, { needs: need = needs.nothing, ...look }: Look = {}): Action {
  const refusalNow = (): string | null => need(useEditor.getState());
  return { id: `canvas.${id}`, title, section: "Canvas", where: "canvas", run, refusal: refusalNow(), refusalNow, ...look };
}

export function canvasActions(shown: Shown, pinOrUnpin: () => void): Action[] {
  return [...editing(shown, pinOrUnpin), ...looking()];
}

function editing({ isPinned, ...shown }: Shown, pinOrUnpin: () => void): Action[] {
  const { undo, redo } = useEditor.getState();
  const named = (word: string, label: string | undefined): string => (label === undefined ? word : `${word}: ${label}`);
  const opens = shown.opens === "group" ? "Fold or open the group" : "Open or close the container";
  return [
    action("add", "Add a node", () => setView({ palette: { graph: commands.currentGraph() } }), { icon: Plus, keys: "n", words: ["insert", "new"], needs: needs.toEdit }),
    action("undo", named("Undo", shown.undo), undo, { icon: Undo2, keys: "mod+z", needs: needs.toUndo }),
    action("redo", named("Redo", shown.redo), redo, { icon: Redo2, keys: "mod+shift+z", needs: needs.toRedo }),
    action("delete", "Delete", commands.remove, { icon: Trash2, keys: "delete", needs: needs.toEditAny }),
    action("reconnect", "Delete and reconnect", commands.removeReconnecting, { icon: Trash2, keys: "mod+delete", needs: needs.toEditNodes }),
    action("duplicate", "Duplicate", commands.duplicateChosen, { icon: SquareStack, keys: "mod+d", needs: needs.toEditNodes }),
    action("copy", "Copy", () => document.execCommand("copy"), { icon: Copy, keys: "mod+c", needs: needs.someNode }),
    action("cut", "Cut", () => document.execCommand("cut"), { icon: Scissors, keys: "mod+x", needs: needs.toEditNodes }),
    action("paste", "Paste", pasteFromClipboard, { icon: ClipboardPaste, keys: "mod+v", words: ["yaml", "workflow file"], needs: needs.toEdit }),
    action("disable", "Switch off or on", commands.switchOff, { icon: PowerOff, keys: "d", words: ["disable", "enable"], needs: needs.toEditNodes }),
    action("pin", isPinned ? "Unpin" : "Pin what it gave", pinOrUnpin, { icon: isPinned ? PinOff : Pin, keys: "p", words: ["freeze", "test data"], needs: needs.toEditNodes }),
    action("breakpoint", "Set or remove a breakpoint", () => toggleBreakpoints(useEditor.getState().selection), { icon: Bug, keys: "b", words: ["debug", "stop", "test"], needs: needs.someNode }),
    action("rename", "Rename", commands.rename, { icon: Pencil, keys: "f2", needs: needs.toEditNodes }),
    action("replace", "Replace by another type", openReplace, { icon: Replace, keys: "r", needs: needs.toEditNodes }),
    action("insert", "Insert a node on the connection", openInsert, { icon: Plus, needs: needs.toEditWire }),
    action("note", "Add a note", commands.addNote, { icon: StickyNote, keys: "shift+s", words: ["sticky", "comment"], needs: needs.toEdit }),
    action("group", "Group", commands.group, { icon: Group, keys: "mod+g", needs: needs.toEditNodes }),
    action("ungroup", "Ungroup", commands.ungroupChosen, { icon: Ungroup, keys: "mod+shift+g", needs: needs.toUngroup }),
    action("extract", "Extract to a workflow", () => setView({ isExtracting: true }), { icon: Workflow, keys: "alt+x", words: ["sub-workflow"], needs: needs.toEditNodes }),
    action("open", opens, commands.openOrClose, { icon: Box, keys: "enter", needs: needs.toOpen }),
    action("out", "Take out of the container", commands.takeOut, { icon: Box, needs: needs.toTakeOut }),
    action("tidy", "Tidy up", () => void commands.tidyUp(), { icon: AlignHorizontalDistributeCenter, keys: "shift+alt+t", words: ["layout", "arrange"], needs: needs.toEdit }),
  ];
}

function looking(): Action[] {
  return [
    action("all", "Select all", commands.selectAll, { keys: "mod+a" }),
    action("search", "Search on the canvas", () => setView({ isSearching: true }), { icon: Search, keys: "mod+f", words: ["find"] }),
    action("fit", "Show everything", fitAll, { icon: Maximize, keys: "1" }),
    action("fit.chosen", "Show the selection", () => fit(useEditor.getState().selection), { icon: Maximize, keys: "z", needs: needs.someNode }),
    action("zoom.100", "Zoom to 100 %", () => zoomTo(1), { keys: "0" }),
    action("zoom.in", "Zoom in", () => zoomBy(1.25), { keys: "+" }),
    action("zoom.out", "Zoom out", () => zoomBy(0.8), { keys: "-" }),
    action("map", "Show or hide the overview", () => setView({ hasMap: !useView.getState().hasMap }), { icon: MapIcon, keys: "m", words: ["minimap"] }),
    action("run", "Show or hide the last run", () => setView({ hasRun: !useView.getState().hasRun }), { icon: History, keys: "l", words: ["values", "status"], needs: needs.aRun }),
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
