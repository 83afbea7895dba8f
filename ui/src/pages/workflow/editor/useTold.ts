// What went with an edit that one would not expect is told in the corner.
import { useEffect } from "react";
import { tell } from "@/components/notices";
import { plain } from "@/pages/workflow/canvas/attempt";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function useTold(): void {
  useEffect(
    () =>
      useEditor.subscribe((state, before) => {
        if (state.told === before.told || state.told === undefined) return;
        for (const sentence of state.told.sentences.slice(0, 4)) tell(plain(sentence));
      }),
    [],
  );
}
