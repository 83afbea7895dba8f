// Ids: made from a node's type, unique in the whole workflow so that nobody has to ask which is meant.
import { graphAt, levelsOf, walk, type GraphPath } from "@/model/path";
import { refuse, type Refusal } from "@/model/result";
import { findNode, LONGEST_ID, NODE_ID, type Graph, type Workflow } from "@/model/workflow";

export function idsOf(graph: Graph): Set<string> {
  return new Set([...walk(graph)].map(([, node]) => node.id));
}

/** `request`, `request-2`, … */
export function uniqueId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/-\d+$/, "").slice(0, LONGEST_ID - 6);
  for (let number = 2; ; number += 1) if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
}

/** What a new node of a type is called at first: `http.request` → `request`. */
export function idForType(type: string, taken: ReadonlySet<string>): string {
  const word = type.slice(type.lastIndexOf(".") + 1).replace(/[^A-Za-z0-9_-]+/g, "-");
  return uniqueId(NODE_ID.test(word) ? word.replaceAll("_", "-") : "node", taken);
}

/** Why a node in `path` may not be called `id`; undefined where it may. */
export function idProblem(workflow: Workflow, path: GraphPath, id: string, except?: string): Refusal | undefined {
  if (id === "") return refuse("A node needs an id.", "Connections and expressions use it.");
  if (id.length > LONGEST_ID) return refuse(`An id has at most ${LONGEST_ID} characters.`);
  if (!NODE_ID.test(id)) {
    return refuse(`\`${id}\` cannot be an id.`, "Use letters, digits, `_` and `-`, with a letter or `_` first.");
  }
  if (id === except) return undefined;
  const around = levelsOf(path).some((level) =>
    findNode(graphAt(workflow, level) ?? { nodes: [], connections: [] }, id),
  );
  const graph = graphAt(workflow, path);
  // A body must not hold an id that is known around it either.
  const within = graph !== undefined && idsOf(graph).has(id);
  return around || within ? refuse(`There is already a node \`${id}\` here.`, "Give each its own id.") : undefined;
}

/** What a person types as an id, as one: `Fetch page` → `fetch-page`. */
export function idFromWords(words: string): string {
  const id = words
    .trim()
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return NODE_ID.test(id) ? id.slice(0, LONGEST_ID) : `node-${id}`.slice(0, LONGEST_ID).replace(/-$/, "");
}
