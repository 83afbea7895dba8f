// What is edited here as a workflow of its own, beside the one it came from.
import { api, read } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { JsonObject } from "@/model/json";

const MOST_TRIES = 20;

/** The name of the copy. */
export async function saveCopy(definition: JsonObject, name: string): Promise<string> {
  for (let at = 1; ; at += 1) {
    const copy = at === 1 ? `${name}-copy` : `${name}-copy-${at}`;
    try {
      await read(api.POST("/workflows", { body: { name: copy, definition: { ...definition, name: copy } } }));
      return copy;
    } catch (thrown) {
      const isTaken = thrown instanceof ApiProblem && thrown.status === 409;
      if (!isTaken || at >= MOST_TRIES) throw thrown;
    }
  }
}
