// What is not on the server yet, kept in this browser until it is.
import { isObject, type JsonObject } from "@/model/json";

export interface Unsaved {
  readonly definition: JsonObject;
  /** Of what it was made from. */
  readonly etag: string;
}

function key(name: string): string {
  return `treadle-unsaved:${name}`;
}

export function keepUnsaved(name: string, unsaved: Unsaved): void {
  try {
    localStorage.setItem(key(name), JSON.stringify(unsaved));
  } catch {
    // Full or forbidden: it is still in this tab, and sent as soon as the server is heard.
  }
}

export function findUnsaved(name: string): Unsaved | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(name)) ?? "null");
    if (!isObject(kept)) return undefined;
    const { definition, etag } = kept;
    return isObject(definition) && typeof etag === "string" ? { definition, etag } : undefined;
  } catch {
    return undefined;
  }
}

export function forgetUnsaved(name: string): void {
  try {
    localStorage.removeItem(key(name));
  } catch {
    // It could not have been written either.
  }
}
