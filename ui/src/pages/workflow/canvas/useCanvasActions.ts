// The canvas's actions, in its menus, the palette, the keys and the sheet that lists them.
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useShallow } from "zustand/react/shallow";
import { useActions } from "@/actions/useActions";
import { canvasActions, shownOf } from "@/pages/workflow/canvas/canvasActions";
import { pinOrUnpin } from "@/pages/workflow/canvas/pinning";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function useCanvasActions(): void {
  const client = useQueryClient();
  const shown = useEditor(useShallow(shownOf));
  useActions(useMemo(() => canvasActions(shown, () => pinOrUnpin(client)), [shown, client]));
}
