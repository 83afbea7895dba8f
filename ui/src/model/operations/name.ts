// Call a node something: its title, and its id where that is to follow.
import type { Catalogue } from "@/model/catalogue";
import { withKey } from "@/model/json";
import { graphOf, idOf, nodeAt, nodeOf, withNode, type NodePath } from "@/model/path";
import { refuse, type Result } from "@/model/result";
import { edited, type Edit } from "@/model/operations/edit";
import { idForType, idFromWords, idsOf, uniqueId } from "@/model/operations/naming";
import { renameNode } from "@/model/operations/rename";
import { NODE_ID, type Workflow } from "@/model/workflow";

/** What can be an id becomes it, and the title goes. Other words become the title; an id that was only made from the
 * node's type follows them, one that somebody chose stays. */
export function nameNode(workflow: Workflow, catalogue: Catalogue, path: NodePath, words: string): Result<Edit> {
  const node = nodeOf(workflow, path);
  const name = words.trim();
  if (node === undefined) return refuse("There is no such node.");
  if (name === "") return refuse("A node needs a name.");
  const own = idOf(path);
  const isId = NODE_ID.test(name);
  const made = idForType(node.type, new Set());
  const isMade = own === made || own.replace(/-\d+$/, "") === made;
  const others = idsOf(workflow);
  others.delete(own);
  const id = isId ? name : isMade ? uniqueId(idFromWords(name.toLowerCase()), others) : own;
  const renamed = id === own ? undefined : renameNode(workflow, catalogue, path, id);
  if (renamed?.ok === false) return renamed;
  const at = nodeAt(graphOf(path), id);
  const after = withNode(renamed?.value.workflow ?? workflow, at, (one) =>
    (one.title ?? undefined) === (isId ? undefined : name) ? one : withKey(one, "title", isId ? undefined : name),
  );
  return after === workflow ? refuse("It is called so already.") : edited(after, `Rename ${own} to ${name}`, { selection: [at] });
}
