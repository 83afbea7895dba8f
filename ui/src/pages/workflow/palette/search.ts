// What the palette offers, and what becomes of what is chosen.
import type { Catalogue, NodeType } from "@/model/catalogue";
import type { OpenPort } from "@/model/compatibility";
import { addAtWire, addNode, insertOnConnection } from "@/model/operations/add";
import type { Edit } from "@/model/operations/edit";
import type { Place } from "@/model/operations/move";
import { replaceType } from "@/model/operations/replace";
import { graphAt, graphOf, idOf } from "@/model/path";
import { portsOf } from "@/model/ports";
import type { Result } from "@/model/result";
import { resolve } from "@/model/resolve";
import { searchTypes } from "@/model/search";
import type { Position, Workflow } from "@/model/workflow";
import { openPort } from "@/pages/workflow/canvas/drawing";
import type { PaletteFor } from "@/pages/workflow/store/viewStore";

export interface Offer {
  readonly title: string;
  readonly types: readonly NodeType[];
}

const MOST = 60;
const TITLES: Readonly<Record<string, string>> = {
  trigger: "Begin",
  flow: "Decide, repeat, wait",
  data: "Work with data",
  http: "Talk to services",
  file: "Files",
  code: "Code",
  market: "Look at markets",
  indicator: "Indicators",
  order: "Trade",
  risk: "Keep the risk small",
};

/** By category while nothing is typed; else the best first. */
export function offersOf(catalogue: Catalogue, words: string, fits: OpenPort | undefined, recent: readonly string[]): Offer[] {
  const found = searchTypes(catalogue, { words, ...(fits === undefined ? {} : { fits }), recent }).map((one) => one.type);
  const usable = found.filter((type) => fits?.side !== "output" || type.kind !== "trigger");
  if (words.trim() !== "" || fits !== undefined) return [{ title: fits === undefined ? "Found" : "What fits", types: usable.slice(0, MOST) }];
  const lately = recent.flatMap((name) => catalogue.find(name) ?? []).slice(0, 4);
  const categories = Map.groupBy(catalogue.types, (type) => type.category);
  const order = [...Object.keys(TITLES), ...[...categories.keys()].filter((name) => !(name in TITLES))];
  const offers = order.flatMap((name) => {
    const types = categories.get(name);
    return types === undefined ? [] : [{ title: TITLES[name] ?? name, types }];
  });
  return lately.length === 0 ? offers : [{ title: "Used lately", types: lately }, ...offers];
}

/** What the new node has to fit: the end it is drawn from, or what flows on the wire. */
export function fitsFor(workflow: Workflow, catalogue: Catalogue, wanted: PaletteFor): OpenPort | undefined {
  if (wanted.from !== undefined) return openPort(workflow, catalogue, wanted.from);
  const graph = wanted.wire && graphAt(workflow, wanted.wire.graph);
  const link = graph && resolve(graph, catalogue)[wanted.wire?.index ?? -1];
  const source = graph?.nodes.find((node) => node.id === link?.source);
  const output = source && link?.output !== undefined ? portsOf(source, catalogue).outputs.get(link.output) : undefined;
  return output && { side: "output", type: output.type };
}

export function choose(workflow: Workflow, catalogue: Catalogue, wanted: PaletteFor, type: string, at: Place): Result<Edit> {
  const position: Position = { x: at.x, y: at.y };
  const { graph, from, wire, replaces } = wanted;
  if (replaces !== undefined) return replaceType(workflow, catalogue, replaces, type);
  if (wire !== undefined) return insertOnConnection(workflow, catalogue, graph, wire.index, { type, position });
  if (from !== undefined) {
    const end = { node: idOf(from.node), port: from.port, side: from.side };
    return addAtWire(workflow, catalogue, { graph: graphOf(from.node), type, position }, end);
  }
  return addNode(workflow, catalogue, { graph, type, position });
}
