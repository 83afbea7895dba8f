// What is shown on each node and wire, outside of the drawing library's own data: whoever draws one listens to it alone.
import type { NodePath } from "@/model/path";

export interface Face {
  readonly status: string;
  /** A few words below the title: how long it took, what it waits for, what it failed of. */
  readonly line?: string;
  /** From 0 to 1. */
  readonly progress?: number;
  /** What it writes as it writes it. */
  readonly text?: string;
  /** How often it was tried again. */
  readonly retries?: number;
  /** Of a container: `2 of 5`. */
  readonly rounds?: string;
  /** By port: a short form of what went out. */
  readonly values?: Readonly<Record<string, string>>;
  /** The node has been changed since. */
  readonly isStale?: boolean;
}

/** A keyed store: setting all faces tells only those whose face is another. */
export class Faces {
  private faces: ReadonlyMap<NodePath, Face> = new Map();
  private readonly watchers = new Map<NodePath, Set<() => void>>();
  private readonly all = new Set<() => void>();

  get = (path: NodePath): Face | undefined => this.faces.get(path);

  snapshot = (): ReadonlyMap<NodePath, Face> => this.faces;

  set(next: ReadonlyMap<NodePath, Face>): void {
    const before = this.faces;
    const kept = new Map([...next].map(([path, face]) => [path, same(before.get(path), face)]));
    this.faces = kept;
    for (const [path, watchers] of this.watchers) {
      if (before.get(path) !== kept.get(path)) for (const watcher of watchers) watcher();
    }
    for (const watcher of this.all) watcher();
  }

  watch(path: NodePath, watcher: () => void): () => void {
    const watchers = this.watchers.get(path) ?? new Set();
    this.watchers.set(path, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.watchers.get(path) === watchers) this.watchers.delete(path);
    };
  }

  watchAll = (watcher: () => void): (() => void) => {
    this.all.add(watcher);
    return () => this.all.delete(watcher);
  };
}

/** The face of before where it says the same. */
function same(before: Face | undefined, face: Face): Face {
  if (before === undefined || before === face) return face;
  const isSame =
    before.status === face.status &&
    before.line === face.line &&
    before.progress === face.progress &&
    before.text === face.text &&
    before.retries === face.retries &&
    before.rounds === face.rounds &&
    before.isStale === face.isStale &&
    JSON.stringify(before.values) === JSON.stringify(face.values);
  return isSame ? before : face;
}
