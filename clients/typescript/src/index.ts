// Treadle's API from TypeScript.
import { Operations } from "./generated/operations.js";
import type { components } from "./generated/schema.js";
import { type Connection, Transport } from "./transport.js";

/**
 * Treadle at `url`, used with an API key.
 *
 *     const treadle = new Treadle({ url: "http://127.0.0.1:8765", key: "trk_…" });
 *     await treadle.workflows.publish("orders");
 */
export class Treadle extends Operations {
  /** The API by its addresses: `http.GET("/runs/{run_id}", …)`. */
  readonly http: Transport["http"];

  constructor(connection: Connection = {}) {
    const transport = new Transport(connection);
    super(transport);
    this.http = transport.http;
  }
}

/** The models of the API, by name: `Schemas["Run"]`. */
export type Schemas = components["schemas"];
export { TreadleApiError, TreadleConnectionError, type Issue } from "./errors.js";
export { Events, type TreadleEvent } from "./events.js";
export { Pages, type Page } from "./paging.js";
export type { Connection, Retries } from "./transport.js";
export type { Answer, FileContent, Given, Item, Options } from "./types.js";
