// The scene of the workflow that is edited.
import { useState } from "react";
import { EMPTY_SCENE, type Scene, sceneOf } from "@/pages/workflow/canvas/scene";
import { useEditor } from "@/pages/workflow/store/editorStore";

/** The scene of the workflow as it is now; what has not changed in it is the same. */
export function useScene(): Scene {
  const workflow = useEditor((state) => state.workflow);
  const catalogue = useEditor((state) => state.catalogue);
  const [last, setLast] = useState({ workflow, catalogue, scene: EMPTY_SCENE, isMade: false });
  if (last.isMade && last.workflow === workflow && last.catalogue === catalogue) return last.scene;
  const scene = sceneOf(workflow, catalogue, last.scene);
  setLast({ workflow, catalogue, scene, isMade: true });
  return scene;
}
