// What one node shows: whoever draws it listens to it alone.
import { useCallback, useSyncExternalStore } from "react";
import type { Face, Faces } from "@/components/graph/faces";
import type { NodePath } from "@/model/path";

export function useFace(faces: Faces, path: NodePath): Face | undefined {
  const watch = useCallback((watcher: () => void) => faces.watch(path, watcher), [faces, path]);
  return useSyncExternalStore(watch, () => faces.get(path));
}

export function useAllFaces(faces: Faces): ReadonlyMap<NodePath, Face> {
  return useSyncExternalStore(faces.watchAll, faces.snapshot);
}
