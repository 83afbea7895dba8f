// What came along the wires into a node of the run, in the rounds that are shown.
import type { DrawnWire } from "@/components/graph/sheet";
import type { RunState } from "@/record/history";
import { type Chosen, type Rounds, runPathOf } from "@/record/rounds";

export interface Incoming {
  readonly id: string;
  readonly port: string;
  /** `fetch.body` */
  readonly from: string;
  /** Undefined: nothing came. */
  readonly value: unknown;
}

export function incomingOf(nodePath: string, wires: readonly DrawnWire[], state: RunState, rounds: Rounds, chosen: Chosen): Incoming[] {
  return wires
    .filter((wire) => wire.target === nodePath && wire.kind === "value")
    .map((wire) => ({
      id: wire.id,
      port: wire.input ?? "value",
      from: wire.output === undefined ? wire.source : `${wire.source}.${wire.output}`,
      value: wire.output === undefined ? undefined : state.nodes.get(runPathOf(wire.source, rounds, chosen))?.outputs[wire.output],
    }));
}
