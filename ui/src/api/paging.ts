// Lists that come a page at a time: `{items, next}`, where `next` is the cursor of the page after it.

export interface Page<Item> {
  items: Item[];
  next?: string | null;
}

export function nextCursor(page: Page<unknown>): string | undefined {
  return page.next ?? undefined;
}

export function allItems<Item>(pages: readonly Page<Item>[] | undefined): Item[] {
  return (pages ?? []).flatMap((page) => page.items);
}
