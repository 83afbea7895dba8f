// The canvas from far away. A double click goes there.
import { useMemo } from "react";
import type { FarBox } from "@/components/graph/far";
import { type FarInk, FarPicture } from "@/components/graph/FarPicture";
import { useAllFaces } from "@/components/graph/useFace";
import { lookOf } from "@/components/status";
import { useCalm } from "@/live/useCalm";
import { nodeTitle } from "@/model/workflow";
import { absolute, endsOf } from "@/pages/workflow/canvas/geometry";
import { runFaces } from "@/pages/workflow/canvas/runFaces";
import type { Scene, SceneNode } from "@/pages/workflow/canvas/scene";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function FarScene({ scene }: { scene: Scene }) {
  const selection = useEditor((state) => state.selection);
  const issues = useEditor((state) => state.issues);
  const faces = useCalm(useAllFaces(runFaces));
  const boxes = useMemo(() => scene.nodes.flatMap((one) => farBox(scene, one)), [scene]);
  const wires = useMemo(
    () => scene.wires.flatMap((wire) => (wire.kind === "reads" ? [] : [endsOf(scene, wire)]).filter((ends) => ends !== undefined)),
    [scene],
  );
  const inkOf = useMemo(() => {
    const chosen = new Set(selection);
    return ({ key, kind }: FarBox): FarInk => {
      const face = faces.get(key);
      const tone = face === undefined || face.isStale ? undefined : lookOf(face.status).tone;
      const isOpen = kind === "container" || kind === "group";
      const fill = isOpen ? "--td-ground" : kind === "note" ? "--td-wait-tint" : tone === undefined ? "--td-raised" : `--td-${tone}-tint`;
      if (chosen.has(key)) return { fill, line: "--td-accent" };
      if (issues.byNode.has(key)) return { fill, line: "--td-bad" };
      return { fill, line: isOpen ? "--td-warp" : tone === undefined ? "--td-edge" : `--td-${tone}` };
    };
  }, [selection, issues, faces]);
  return <FarPicture boxes={boxes} wires={wires} inkOf={inkOf} />;
}

function farBox(scene: Scene, one: SceneNode): FarBox[] {
  const box = absolute(scene, one.id);
  const title = one.node === undefined ? (one.group?.title ?? "") : one.kind === "note" ? "" : nodeTitle(one.node);
  return box === undefined ? [] : [{ ...box, key: one.id, kind: one.kind === "folded" ? "step" : one.kind, title }];
}
