// Which values may arrive at which inputs.
import type { InputPort } from "@/model/catalogue";
import { accepts, fitOf, type PortType } from "@/model/portType";

/** Whether a value of type `output` may arrive at `input`. A list input also collects single values. */
export function isFitting(output: PortType, { type }: InputPort): boolean {
  return accepts(type, output) || (type.kind === "list" && (!type.item || accepts(type.item, output)));
}

/** How well it fits: 3 the same kind, 2 widened, 1 unknown, 0 not at all. */
export function fitting(output: PortType, input: InputPort): number {
  const plain = fitOf(input.type, output);
  return plain > 0 ? plain : isFitting(output, input) ? 2 : 0;
}
