// Lists that are read a page at a time, and gone through as one.
import type { Call, Transport } from "./transport.js";

export interface Page<T> {
  items: T[];
  /** The cursor of the page after; null: this is the last. */
  next?: string | null;
}

/** `for await` over it gives every item; a page is asked for when it is come to. */
export class Pages<T> implements AsyncIterable<T> {
  constructor(
    private readonly transport: Transport,
    private readonly call: Call,
    private readonly given: object,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for await (const page of this.pages()) yield* page.items;
  }

  async *pages(): AsyncGenerator<Page<T>, void> {
    let cursor: string | null = null;
    do {
      const page: Page<T> = await this.page(cursor);
      yield page;
      cursor = page.next ?? null;
    } while (cursor !== null);
  }

  /** One page: the first, or the one that a `next` named. */
  page(cursor: string | null = null): Promise<Page<T>> {
    const call = { ...this.call, query: [...this.call.query, "cursor"] };
    return this.transport.send<Page<T>>(call, cursor === null ? this.given : { ...this.given, cursor });
  }

  /** All of it, or the first `most`. */
  async collect(most = Infinity): Promise<T[]> {
    const found: T[] = [];
    if (most <= 0) return found;
    for await (const item of this) {
      found.push(item);
      if (found.length >= most) break;
    }
    return found;
  }
}
