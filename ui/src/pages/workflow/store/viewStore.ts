// What is open on the canvas beside what is edited: the palette, the field that renames, the search, the side lists.
import { create } from "zustand";
import type { GraphPath, NodePath } from "@/model/path";
import type { OpenEnd } from "@/pages/workflow/canvas/drawing";
import type { WireAt } from "@/pages/workflow/store/editorStore";

export interface PaletteFor {
  readonly graph: GraphPath;
  /** Where the node goes, in its graph; without it, beside the selection or in the middle. */
  readonly at?: { readonly x: number; readonly y: number } | undefined;
  /** Only what fits this end; the node is connected to it. */
  readonly from?: OpenEnd | undefined;
  readonly wire?: WireAt | undefined;
  readonly replaces?: NodePath | undefined;
  /** Where it opens, from the canvas's corner. */
  readonly screen?: { readonly x: number; readonly y: number } | undefined;
}

export type SidePanel = "outline" | "problems" | undefined;

interface View {
  readonly palette: PaletteFor | undefined;
  /** A node by its path, or a group as the scene calls it. */
  readonly renaming: string | undefined;
  readonly writing: NodePath | undefined;
  readonly isSearching: boolean;
  readonly isExtracting: boolean;
  readonly side: SidePanel;
  readonly hasMap: boolean;
  /** Whether the last run is shown on the nodes. */
  readonly hasRun: boolean;
  readonly dialog: "run" | "run-debug" | "run-live" | "publish" | undefined;
  readonly menu: { readonly x: number; readonly y: number; readonly actions: readonly string[] } | undefined;
  /** The wire that a dragged node would be put on, and the lane it would be put into. */
  readonly dropWire: string | undefined;
  readonly dropLane: GraphPath | undefined;
  set: (change: Partial<Omit<View, "set">>) => void;
}

export const useView = create<View>((set) => ({
  palette: undefined,
  renaming: undefined,
  writing: undefined,
  isSearching: false,
  isExtracting: false,
  side: undefined,
  hasMap: true,
  hasRun: true,
  dialog: undefined,
  menu: undefined,
  dropWire: undefined,
  dropLane: undefined,
  set,
}));

export function setView(change: Partial<Omit<View, "set">>): void {
  useView.getState().set(change);
}
