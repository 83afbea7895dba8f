// JSON that somebody writes.
import type { Json } from "@/model/json";

export interface Parsed {
  readonly value: Json | undefined;
  /** What is wrong with it, for people. */
  readonly error: string | null;
}

export function parseJson(text: string): Parsed {
  if (text.trim() === "") return { value: undefined, error: "There is nothing here: write a value." };
  try {
    return { value: JSON.parse(text) as Json, error: null };
  } catch (problem) {
    const place = problem instanceof Error ? /position (\d+)/.exec(problem.message)?.[1] : undefined;
    const line = place === undefined ? null : text.slice(0, Number(place)).split("\n").length;
    const where = line === null ? "" : ` in line ${line}`;
    return { value: undefined, error: `This is not JSON${where}. Texts stand in "double quotes".` };
  }
}

/** The outputs that were written otherwise than they were, by `node.port`, as a fork takes them. */
export function editedOutputs(
  node: string,
  before: Readonly<Record<string, unknown>>,
  texts: Readonly<Record<string, string>>,
): { outputs: Record<string, Json>; isWrong: boolean } {
  const outputs: Record<string, Json> = {};
  let isWrong = false;
  for (const [port, text] of Object.entries(texts)) {
    const { value, error } = parseJson(text);
    if (error !== null || value === undefined) isWrong = true;
    else if (JSON.stringify(value) !== JSON.stringify(before[port])) outputs[`${node}.${port}`] = value;
  }
  return { outputs, isWrong };
}
