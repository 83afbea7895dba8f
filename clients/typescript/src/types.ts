// What an operation takes and gives, from the types of the document.
import type { operations } from "./generated/schema.js";

export type OperationId = keyof operations;

/** What is there of `T`; of what is not there, nothing is asked. */
type Present<T> = [Exclude<T, null | undefined>] extends [never] ? unknown : Exclude<T, null | undefined>;
type Query<Id extends OperationId> = operations[Id] extends { parameters: { query?: infer Q } } ? Present<Q> : unknown;
type WithoutCursor<T> = T extends object ? { [K in keyof T as K extends "cursor" ? never : K]: T[K] } : unknown;
type RequestBody<Id extends OperationId> = operations[Id] extends { requestBody?: infer R }
  ? Present<R> extends { content: { "application/json": infer B } }
    ? Present<B>
    : Present<R> extends { content: infer C }
      ? FileKind<keyof C>
      : unknown
  : unknown;

/** A file, as it is sent. */
export type FileContent = Uint8Array | string | Blob;
interface FileKind<Kinds> {
  /** What the file is; the first of them, if nothing is said. */
  contentType?: Kinds;
}

/** Of every call. */
export interface Options {
  /** The `etag` that was read: the change is refused if somebody was quicker. */
  ifMatch?: string;
  /** One of your own for this change; otherwise a new one is sent. */
  idempotencyKey?: string;
  signal?: AbortSignal;
  /** Of a stream: the last event that was seen. */
  lastEventId?: string;
}

/** Query and body of an operation, in one object. */
export type Given<Id extends OperationId> = WithoutCursor<Query<Id>> & RequestBody<Id> & Options;

/** The state it was read in, where it has one: `ifMatch` of what changes it. */
interface Tagged {
  readonly etag?: string;
}
type Content<R> = R extends { content: infer C }
  ? C extends { "application/json": infer J }
    ? J & Tagged
    : C extends { "application/yaml": infer Y }
      ? Y
      : C extends { "application/octet-stream": unknown }
        ? Uint8Array
        : string
  : undefined;
type Answers<R> = { [S in keyof R]: S extends 200 | 201 | 202 | 204 ? Content<R[S]> : never }[keyof R];

/** What an operation comes to. */
export type Answer<Id extends OperationId> = operations[Id] extends { responses: infer R } ? Answers<R> : never;

/** One item of a list. */
export type Item<Id extends OperationId> = Answer<Id> extends { items: (infer T)[] } ? T : never;
