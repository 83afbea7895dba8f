// Find node types for the palette, and nodes on the canvas: by words, near misses included.
import type { Catalogue, NodeType } from "@/model/catalogue";
import { typesThatFit, type OpenPort } from "@/model/compatibility";
import { textsIn } from "@/model/json";
import { walk, type NodePath } from "@/model/path";
import { configOf, type Graph, type WorkflowNode } from "@/model/workflow";

/** How well `word` is found in `text`: 0 not at all, 1 exactly. Letters in order count a little. */
export function scoreOf(word: string, text: string): number {
  if (word === "") return 1;
  const [needle, hay] = [word.toLowerCase(), text.toLowerCase()];
  if (needle === hay) return 1;
  if (hay.startsWith(needle)) return 0.9;
  const at = hay.indexOf(needle);
  if (at > 0) return /[^a-z0-9]/.test(hay[at - 1] ?? "") ? 0.8 : 0.55;
  return inOrder(needle, hay);
}

/** Each letter of `needle` in order, better where they begin words or stand together. */
function inOrder(needle: string, hay: string): number {
  if (needle.length < 2) return 0;
  let [at, good] = [0, 0];
  for (const letter of needle) {
    const next = hay.indexOf(letter, at);
    if (next < 0) return 0;
    if (next === at || /[^a-z0-9]/.test(hay[next - 1] ?? " ")) good += 1;
    at = next + 1;
  }
  const share = good / needle.length;
  return share < 0.6 ? 0 : 0.4 * share;
}

export interface FoundType {
  readonly type: NodeType;
  readonly score: number;
  /** The port of it that fits what was asked for. */
  readonly port: string | undefined;
}

export interface TypeSearch {
  readonly words?: string;
  readonly category?: string;
  /** Only what fits this port. */
  readonly fits?: OpenPort;
  /** Types used lately, the last first: they come first where nothing is typed. */
  readonly recent?: readonly string[];
}

/** What people call things that are named otherwise here. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  "http.request": "api rest fetch url get post call",
  "flow.if": "condition branch decide check",
  "flow.switch": "case route router branch",
  "flow.loop": "for each repeat iterate items",
  "flow.while": "repeat until poll",
  "flow.wait": "delay sleep pause timer",
  "flow.try": "catch error handle failure",
  "flow.merge": "join combine",
  "flow.workflow": "sub-workflow call child run",
  "flow.approval": "human person ask confirm review",
  "flow.note": "sticky comment text",
  "data.set": "edit fields assign variable",
  "data.transform": "map expression compute function",
  "trigger.schedule": "cron time daily hourly",
  "trigger.manual": "button start by hand",
  "trigger.webhook": "http hook receive",
  "code.python": "script function",
  "code.javascript": "script function js",
};

/** The node types that every word is found in, the best first. */
export function searchTypes(
  catalogue: Catalogue,
  { words = "", category, fits, recent = [] }: TypeSearch,
): FoundType[] {
  const fitting = fits && new Map(typesThatFit(catalogue, fits).map((one) => [one.type.type, one]));
  const needles = words.trim().split(/\s+/).filter(Boolean);
  const found: FoundType[] = [];
  for (const type of catalogue.types) {
    const fit = fitting?.get(type.type);
    if ((fitting && !fit) || (category !== undefined && type.category !== category)) continue;
    const score = scoreType(type, needles);
    if (score === 0) continue;
    const lately = recent.indexOf(type.type);
    const bonus = (fit?.fit ?? 0) * 0.15 + (lately < 0 ? 0 : 0.2 / (lately + 1)) - (type.available ? 0 : 0.3);
    found.push({ type, score: score + bonus, port: fit?.port.name });
  }
  return found.toSorted((one, other) => other.score - one.score || (one.type.type < other.type.type ? -1 : 1));
}

function scoreType(type: NodeType, needles: readonly string[]): number {
  if (needles.length > 1 && ` ${OTHER_WORDS[type.type] ?? ""}`.includes(` ${needles.join(" ").toLowerCase()}`))
    return 1;
  let sum = needles.length === 0 ? 1 : 0;
  for (const needle of needles) {
    const name = type.type.slice(type.type.indexOf(".") + 1);
    const best = Math.max(
      scoreOf(needle, type.title),
      0.98 * scoreOf(needle, type.type),
      0.96 * scoreOf(needle, name),
      0.7 * scoreOf(needle, type.category),
      0.75 * atWord(needle, OTHER_WORDS[type.type] ?? ""),
      0.5 * atWord(needle, type.description),
    );
    if (best === 0) return 0;
    sum += best / needles.length;
  }
  return sum;
}

/** In long texts letters in order are found everywhere: only what begins a word counts. */
function atWord(needle: string, text: string): number {
  const score = scoreOf(needle, text);
  return score >= 0.8 ? score : 0;
}

export interface Category {
  readonly name: string;
  readonly types: readonly NodeType[];
}

/** The palette without words: by category, in the catalogue's order. */
export function categoriesOf(catalogue: Catalogue): Category[] {
  const categories = Map.groupBy(catalogue.types, (type) => type.category);
  return [...categories].map(([name, types]) => ({ name, types }));
}

export interface FoundNode {
  readonly path: NodePath;
  readonly node: WorkflowNode;
  readonly score: number;
  /** Where it was found, for a line below the name: `config.url`. Undefined for its id, title or type. */
  readonly where: string | undefined;
}

/** Nodes anywhere in the workflow by id, title, type, note or what is in their config. */
export function searchNodes(workflow: Graph, catalogue: Catalogue, words: string): FoundNode[] {
  const needles = words.trim().split(/\s+/).filter(Boolean);
  const found: FoundNode[] = [];
  for (const [path, node] of walk(workflow)) {
    const hits = needles.map((needle) => findIn(node, catalogue, needle));
    if (hits.some((hit) => hit.score === 0)) continue;
    const score = hits.reduce((sum, hit) => sum + hit.score, 0);
    found.push({ path, node, score, where: hits.find((hit) => hit.where !== undefined)?.where });
  }
  return found.toSorted((one, other) => other.score - one.score);
}

function findIn(
  node: WorkflowNode,
  catalogue: Catalogue,
  needle: string,
): { score: number; where: string | undefined } {
  const named = Math.max(
    scoreOf(needle, node.title ?? ""),
    scoreOf(needle, node.id),
    0.8 * scoreOf(needle, catalogue.find(node.type)?.title ?? ""),
    0.7 * scoreOf(needle, node.type),
  );
  if (named > 0) return { score: named, where: undefined };
  if (node.note?.toLowerCase().includes(needle.toLowerCase())) return { score: 0.4, where: "note" };
  for (const [path, text] of textsIn(configOf(node), ["config"])) {
    if (text.toLowerCase().includes(needle.toLowerCase())) return { score: 0.3, where: path.join(".") };
  }
  return { score: 0, where: undefined };
}
