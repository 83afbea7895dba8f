// JSON values: what definitions are made of.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** Whether two values say the same; the order of keys says nothing. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((item, index) => sameJson(item, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length && keys.every((key) => key in other && sameJson(one[key], other[key]))
  );
}

/** `object` without `key`; the same object where it has none. */
export function without<T extends object>(object: T, key: keyof T & string): T {
  if (!(key in object)) return object;
  const { [key]: _, ...rest } = object;
  return rest as T;
}

/** `object` with another value under `key`, in its place; undefined removes it. */
export function withKey<T extends object, K extends keyof T & string>(object: T, key: K, value: T[K] | undefined): T {
  return value === undefined ? without(object, key) : { ...object, [key]: value };
}

/** `object` with one key called otherwise, in the same place. */
export function withKeyRenamed<T>(object: Readonly<Record<string, T>>, from: string, to: string): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value]));
}

/** Every text inside a value changed by `change`; what stays the same stays the same object. */
export function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (isList(value)) {
    const items = value.map((item) => mapTexts(item, change));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)] as const);
  return entries.some(([key, item]) => item !== value[key]) ? Object.fromEntries(entries) : value;
}

/** Every text inside a value, with the path to it. */
export function* textsIn(
  value: Json | undefined,
  path: readonly string[] = [],
): Generator<[readonly string[], string]> {
  if (typeof value === "string") yield [path, value];
  else if (isList(value)) for (const [index, item] of value.entries()) yield* textsIn(item, [...path, String(index)]);
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key]);
}
