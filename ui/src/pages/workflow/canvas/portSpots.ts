// Where a node's ports are on its sides, and what they look like: the colour and the shape of what they carry.
import { CONTAINER_HEAD, NODE_HEAD, PORT_ROW } from "@/model/geometry";
import { dataInputs, dataOutputs, ERROR, TRIGGER, type NodePorts } from "@/model/ports";
import { typeName, type PortType } from "@/model/portType";

export type PortShape = "ring" | "disc" | "square" | "diamond" | "triangle";
export type PortTint = "any" | "text" | "number" | "boolean" | "time" | "object" | "list" | "domain" | "trigger" | "error";

export interface PortSpot {
  readonly name: string;
  readonly side: "input" | "output";
  /** The middle, from the node's top. */
  readonly y: number;
  readonly shape: PortShape;
  readonly tint: PortTint;
  /** `list of texts` */
  readonly carries: string;
  readonly description: string;
  readonly required: boolean;
  readonly collects: boolean;
}

/** Of the wires that only say what comes first; nobody draws them from there. */
export const ORDER_PORT = "~";
export const HEAD_MIDDLE = NODE_HEAD / 2;
/** The target area of a port, and how much of it lies outside the node. */
export const SPOT = 24;
export const OUTSIDE = 10;

const TINTS: Readonly<Record<string, PortTint>> = {
  any: "any",
  null: "any",
  text: "text",
  bytes: "text",
  number: "number",
  integer: "number",
  boolean: "boolean",
  datetime: "time",
  duration: "time",
  object: "object",
  list: "list",
  series: "list",
};

const SHAPES: Readonly<Record<string, PortShape>> = {
  any: "ring",
  null: "ring",
  object: "diamond",
  list: "square",
  series: "square",
};

export function tintOf(type: PortType): PortTint {
  return TINTS[type.kind] ?? "domain";
}

/** A list is a square in the colour of what is in it. */
function lookOf(type: PortType): { shape: PortShape; tint: PortTint } {
  const item = type.kind === "list" && type.item ? tintOf(type.item) : undefined;
  const shape = SHAPES[type.kind] ?? (type.kind in TINTS ? "disc" : "diamond");
  return { shape, tint: item === undefined || item === "any" ? tintOf(type) : item };
}

const known = new WeakMap<NodePorts, readonly PortSpot[]>();
const knownOpen = new WeakMap<NodePorts, readonly PortSpot[]>();

export function portSpots(ports: NodePorts, _width: number, isOpenContainer: boolean): readonly PortSpot[] {
  const cache = isOpenContainer ? knownOpen : known;
  const before = cache.get(ports);
  if (before !== undefined) return before;
  const top = isOpenContainer ? CONTAINER_HEAD : NODE_HEAD;
  const middle = isOpenContainer ? CONTAINER_HEAD / 2 : HEAD_MIDDLE;
  const row = (index: number): number => top + index * PORT_ROW + PORT_ROW / 2;
  const spots: PortSpot[] = [];
  if (ports.type?.kind !== "trigger") {
    const { name, description } = TRIGGER;
    spots.push({ ...BARE, name, side: "input", y: middle, shape: "triangle", tint: "trigger", carries: "no value", description, collects: true });
  }
  for (const [index, { name, type, required, collects, description }] of dataInputs(ports).entries()) {
    const carries = typeName(type);
    spots.push({ ...BARE, ...lookOf(type), name, side: "input", y: row(index), carries, description, required, collects });
  }
  const outputs = dataOutputs(ports);
  for (const [index, { name, type, description }] of outputs.entries()) {
    spots.push({ ...BARE, ...lookOf(type), name, side: "output", y: row(index), carries: typeName(type), description });
  }
  if (ports.outputs.get(ERROR.name) === ERROR) {
    const y = row(outputs.length);
    const { name, description } = ERROR;
    spots.push({ ...BARE, name, side: "output", y, shape: "diamond", tint: "error", carries: "object", description });
  }
  cache.set(ports, spots);
  return spots;
}

const BARE = { required: false, collects: false };
