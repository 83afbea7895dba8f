// What tells this window from every other: kept through a reload, and new where a tab was duplicated.
const KEY = "treadle-window";

let own: Promise<string> | undefined;

export function windowId(): Promise<string> {
  own ??= find();
  return own;
}

async function find(): Promise<string> {
  const kept = sessionStorage.getItem(KEY);
  if (kept !== null && (await hold(kept))) return kept;
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem(KEY, made);
  await hold(made);
  return made;
}

/** A page that is loaded again gives its id up a moment late. */
const PATIENCE = 400;

/** Whether it is nobody else's; from then on it is ours, as long as the page is there. */
function hold(id: string): Promise<boolean> {
  // Not there where the page came over plain HTTP from another machine: then each load is a window of its own.
  const locks: LockManager | undefined = navigator.locks;
  if (locks === undefined) return Promise.resolve(false);
  return new Promise((answer) => {
    const held = (): Promise<never> => {
      answer(true);
      return new Promise<never>(() => undefined);
    };
    locks.request(`${KEY}-${id}`, { signal: AbortSignal.timeout(PATIENCE) }, held).catch(() => answer(false));
  });
}
