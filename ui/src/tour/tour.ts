// The first steps, from an empty canvas to a workflow that runs by itself: which of them are done is read off what
// somebody does, in their own order; they are kept for each person in this browser.
import { create } from "zustand";
import { isObject } from "@/model/json";

export const STEPS = ["begin", "add", "connect", "run", "look", "publish", "deploy"] as const;
export type Step = (typeof STEPS)[number];

export interface Tour {
  readonly isOn: boolean;
  /** Nobody is asked again. */
  readonly isOver: boolean;
  /** What is made on the way. */
  readonly workflow: string | null;
  readonly done: readonly Step[];
}

export const FRESH: Tour = { isOn: false, isOver: false, workflow: null, done: [] };

/** Undefined: all are done. */
export function currentStep(tour: Tour): Step | undefined {
  return STEPS.find((step) => !tour.done.includes(step));
}

export interface Canvas {
  readonly name: string;
  readonly nodes: number;
  readonly connections: number;
  readonly errors: number;
  /** What is there is what was published last. */
  readonly isPublished: boolean;
}

export interface Seen {
  /** `/w/hello/runs/r1` */
  readonly path: string;
  /** Whether a node is chosen there. */
  readonly isNodeChosen: boolean;
  readonly canvas: Canvas | undefined;
}

/** The tour after what is seen; itself, if that is nothing new. */
export function tourAfter(tour: Tour, seen: Seen): Tour {
  const workflow = tour.workflow ?? namedIn(seen.path);
  const done = STEPS.filter((step) => tour.done.includes(step) || isDone(step, workflow, tour, seen));
  return done.length === tour.done.length && workflow === tour.workflow ? tour : { ...tour, workflow, done };
}

function namedIn(path: string): string | null {
  const name = /^\/w\/([^/]+)$/.exec(path)?.[1];
  return name === undefined ? null : decodeURIComponent(name);
}

function isDone(step: Step, workflow: string | null, { done }: Tour, { path, isNodeChosen, canvas }: Seen): boolean {
  if (workflow === null) return false;
  const here = canvas?.name === workflow ? canvas : undefined;
  const isRun = path.startsWith(`/w/${encodeURIComponent(workflow)}/runs/`);
  switch (step) {
    case "begin":
      return true;
    case "add":
      return here !== undefined && here.nodes > 0 && here.errors === 0;
    case "connect":
      return here !== undefined && here.connections > 0 && here.errors === 0;
    case "run":
      return isRun;
    case "look":
      return isRun && isNodeChosen;
    case "publish":
      return here?.isPublished === true && here.nodes > 0;
    case "deploy":
      return done.includes("publish") && /^\/deployments\/[^/]+$/.test(path) && path !== "/deployments/compare";
  }
}

interface TourState {
  readonly user: string;
  readonly tour: Tour;
  open: (user: string) => void;
  change: (change: Partial<Tour>) => void;
}

export const useTour = create<TourState>((set, get) => ({
  user: "",
  tour: FRESH,
  open: (user) => get().user !== user && set({ user, tour: read(user) }),
  change: (change) => {
    const tour = { ...get().tour, ...change };
    set({ tour });
    keep(get().user, tour);
  },
}));

function key(user: string): string {
  return `treadle-tour:${user}`;
}

function read(user: string): Tour {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(user)) ?? "null");
    if (!isObject(kept)) return FRESH;
    const { isOn, isOver, workflow, done } = kept;
    return {
      isOn: isOn === true,
      isOver: isOver === true,
      workflow: typeof workflow === "string" ? workflow : null,
      done: STEPS.filter((step) => Array.isArray(done) && done.includes(step)),
    };
  } catch {
    return FRESH;
  }
}

function keep(user: string, tour: Tour): void {
  try {
    localStorage.setItem(key(user), JSON.stringify(tour));
  } catch {
    // It begins again at the next load: nothing of anybody's work is lost.
  }
}
