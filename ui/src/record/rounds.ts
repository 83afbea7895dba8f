// Which round of a container is shown: from nodes of the workflow to nodes of the run, and back.
import type { NodePath } from "@/model/path";
import type { NodeState } from "@/record/history";

/** By container as the run has it (`outer[1]/each`): its rounds, in order. */
export type Rounds = ReadonlyMap<string, readonly number[]>;
/** By container of the workflow: the round that was chosen. */
export type Chosen = Readonly<Record<NodePath, number>>;

const ROUND = /\[(\d+)\]$/;

/** `each[2]/send` is a run of `each/send`. */
export function nodePathOf(runPath: string): NodePath {
  return runPath.replaceAll(/\[\d+\]/g, "");
}

const known = new WeakMap<ReadonlyMap<string, NodeState>, Rounds>();

/** Remembered: several ask of the same state. */
export function roundsOf(nodes: ReadonlyMap<string, NodeState>): Rounds {
  const before = known.get(nodes);
  if (before !== undefined) return before;
  const rounds = readRounds(nodes);
  known.set(nodes, rounds);
  return rounds;
}

function readRounds(nodes: ReadonlyMap<string, NodeState>): Rounds {
  const found = new Map<string, Set<number>>();
  for (const path of nodes.keys()) {
    const parts = path.split("/");
    for (let index = 0; index < parts.length - 1; index += 1) {
      const round = ROUND.exec(parts[index] ?? "")?.[1];
      if (round === undefined) continue;
      const container = parts.slice(0, index + 1).join("/").replace(ROUND, "");
      const rounds = found.get(container) ?? new Set<number>();
      found.set(container, rounds.add(Number(round)));
    }
  }
  return new Map([...found].map(([container, rounds]) => [container, [...rounds].toSorted((one, other) => one - other)]));
}

/** The path of a node in the run, in the chosen rounds; the last of a container where none was chosen. */
export function runPathOf(node: NodePath, rounds: Rounds, chosen: Chosen): string {
  const parts = node.split("/");
  const path: string[] = [];
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1) path.push(part);
    else {
      const here = [...path, part].join("/");
      const there = rounds.get(here);
      const container = parts.slice(0, index + 1).join("/");
      const round = there === undefined ? undefined : shownRound(there, chosen[container]);
      path.push(round === undefined ? part : `${part}[${round}]`);
    }
  }
  return path.join("/");
}

export function shownRound(rounds: readonly number[], chosen: number | undefined): number | undefined {
  return chosen !== undefined && rounds.includes(chosen) ? chosen : rounds.at(-1);
}

/** The rounds in which a path of the run lies: `{each: 2}` of `each[2]/send`. */
export function chosenIn(runPath: string): Chosen {
  const parts = runPath.split("/");
  const chosen: Record<NodePath, number> = {};
  for (let index = 0; index < parts.length - 1; index += 1) {
    const round = ROUND.exec(parts[index] ?? "")?.[1];
    if (round !== undefined) chosen[nodePathOf(parts.slice(0, index + 1).join("/"))] = Number(round);
  }
  return chosen;
}

/** As it stands in the address: `each:2,each/inner:0`. */
export function readChosen(text: string | null): Chosen {
  const entries = (text ?? "").split(",").flatMap((part): [string, number][] => {
    const [path, round] = [part.slice(0, part.lastIndexOf(":")), Number(part.slice(part.lastIndexOf(":") + 1))];
    return path !== "" && Number.isInteger(round) && round >= 0 ? [[path, round]] : [];
  });
  return Object.fromEntries(entries);
}

export function writeChosen(chosen: Chosen): string {
  return Object.entries(chosen)
    .map(([path, round]) => `${path}:${round}`)
    .join(",");
}
