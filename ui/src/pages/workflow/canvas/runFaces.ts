// How the nodes stood in the last run, beside what is edited: each node and wire listens to its own.
import { type Face, Faces } from "@/components/graph/faces";
import { sameJson } from "@/model/json";
import type { NodePath } from "@/model/path";
import { configOf, type Workflow, type WorkflowNode } from "@/model/workflow";
import { nodesByPath } from "@/model/path";

export const runFaces = new Faces();

/** The faces of the nodes that are still there; of those that have been changed since, no values. */
export function facesNow(faces: ReadonlyMap<NodePath, Face>, ran: Workflow | undefined, now: Workflow): Map<NodePath, Face> {
  const [before, after] = [ran && nodesByPath(ran), nodesByPath(now)];
  const shown = new Map<NodePath, Face>();
  for (const [path, face] of faces) {
    const node = after.get(path);
    if (node === undefined) continue;
    const was = before?.get(path);
    shown.set(path, before === undefined || (was !== undefined && doesTheSame(was, node)) ? face : stale(face));
  }
  return shown;
}

const known = new WeakMap<WorkflowNode, { readonly was: WorkflowNode; readonly isSame: boolean }>();

/** Whether both would do the same: where they stand and what they are called does not matter. */
function doesTheSame(was: WorkflowNode, now: WorkflowNode): boolean {
  if (was === now) return true;
  const found = known.get(now);
  if (found?.was === was) return found.isSame;
  const isSame =
    was.type === now.type && (was.disabled ?? false) === (now.disabled ?? false) && sameJson(configOf(was), configOf(now));
  known.set(now, { was, isSame });
  return isSame;
}

const staleBefore = new WeakMap<Face, Face>();

function stale(face: Face): Face {
  const before = staleBefore.get(face);
  if (before !== undefined) return before;
  const { values: _, text: __, progress: ___, ...rest } = face;
  const made: Face = { ...rest, isStale: true };
  staleBefore.set(face, made);
  return made;
}
