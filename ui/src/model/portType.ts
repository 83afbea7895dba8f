// Port types: what may flow through a connection. Mirrors `treadle.model.port`.

/** `kind` is any, number, integer, text, boolean, datetime, duration, bytes, object, list, series, null, or the name of
 * a domain type such as `candles`, which names in `base` what it is made of. `nullable`: null may come too. */
export interface PortType {
  readonly kind: string;
  readonly item?: PortType | null;
  readonly nullable?: boolean;
  readonly base?: string | null;
}

export const ANY: PortType = { kind: "any" };

const PLURALS: Readonly<Record<string, string>> = {
  any: "values of any kind",
  boolean: "booleans",
  text: "texts",
};

const WIDENINGS = new Set([
  "number<integer",
  "series<number",
  "series<integer",
  "series<list",
  "number<series",
  "integer<series",
  "boolean<series",
  "money<series",
  "money<number",
  "money<integer",
  "percent<series",
  "percent<number",
  "percent<integer",
  "symbol<text",
  "timeframe<text",
  "series<money",
  "series<percent",
  "series<candle",
  "series<candles",
  "candles<candle",
  "candles<object",
  "candles<list",
]);

/** Whether a value of type `other` may arrive where `type` is asked for. What is unknown is checked when it arrives. */
export function accepts(type: PortType, other: PortType): boolean {
  if (type.kind === "any" || other.kind === "any" || other.kind === "null") return true;
  if (type.kind === other.kind) return !type.item || !other.item || accepts(type.item, other.item);
  if (WIDENINGS.has(`${type.kind}<${other.kind}`)) return true;
  return Boolean(other.base) && !type.base && accepts(type, { kind: other.base ?? "any" });
}

/** For people: `number`, `list of texts`. */
export function typeName(type: PortType): string {
  if (!type.item || type.item.kind === "any") return type.kind;
  return `${type.kind} of ${PLURALS[type.item.kind] ?? `${typeName(type.item)}s`}`;
}

/** The type that `typeName` wrote: all that the API tells of a port where it does not give the type itself. */
export function parseTypeName(name: string): PortType {
  const [kind = "any", ...rest] = name.split(" of ");
  if (rest.length === 0) return kind === "list" ? { kind, item: ANY } : { kind };
  const items = rest.join(" of ");
  const known = Object.entries(PLURALS).find(([, plural]) => plural === items)?.[0];
  return { kind, item: known === undefined ? parseTypeName(items.replace(/s$/, "")) : { kind: known } };
}

/** A type in a sentence: text, a number, a list of texts. */
export function carried(type: PortType): string {
  if (type.kind === "any") return "anything";
  if (type.kind === "null") return "nothing";
  const name = typeName(type);
  return ["text", "bytes", "candles"].includes(type.kind) ? type.kind : `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

/** How well a type fits: 3 the same, 2 widened or made of it, 1 unknown, 0 not at all. */
export function fitOf(type: PortType, other: PortType): 0 | 1 | 2 | 3 {
  if (!accepts(type, other)) return 0;
  if (type.kind === other.kind && type.kind !== "any") return 3;
  return type.kind === "any" || other.kind === "any" || other.kind === "null" ? 1 : 2;
}
