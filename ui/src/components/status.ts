// Every status there is, in one table: its words, its sign and its tone. Colour never says anything alone.
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CirclePause,
  CirclePlay,
  CircleSlash,
  CircleStop,
  CircleX,
  Clock,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  OctagonX,
} from "lucide-react";

export type Tone = "good" | "bad" | "run" | "wait" | "doubt" | "idle";

export interface StatusLook {
  label: string;
  tone: Tone;
  icon: LucideIcon;
}

const STATUSES: Record<string, StatusLook> = {
  // Runs
  queued: { label: "Queued", tone: "idle", icon: CircleDashed },
  running: { label: "Running", tone: "run", icon: LoaderCircle },
  suspended: { label: "Waiting", tone: "wait", icon: Hourglass },
  completed: { label: "Completed", tone: "good", icon: CircleCheck },
  failed: { label: "Failed", tone: "bad", icon: CircleX },
  cancelled: { label: "Cancelled", tone: "idle", icon: Ban },
  // Nodes, beside those
  waiting: { label: "Waiting", tone: "wait", icon: Hourglass },
  skipped: { label: "Skipped", tone: "idle", icon: CircleSlash },
  in_doubt: { label: "In doubt", tone: "doubt", icon: CircleHelp },
  // Deployments
  active: { label: "Active", tone: "good", icon: CirclePlay },
  paused: { label: "Paused", tone: "wait", icon: CirclePause },
  stopped: { label: "Stopped", tone: "idle", icon: CircleStop },
  halted: { label: "Halted", tone: "bad", icon: OctagonX },
  // Tasks
  open: { label: "Open", tone: "wait", icon: Clock },
  done: { label: "Done", tone: "good", icon: CircleCheck },
  expired: { label: "Expired", tone: "bad", icon: Clock },
};

export function lookOf(status: string): StatusLook {
  return STATUSES[status] ?? { label: status, tone: "idle", icon: CircleDashed };
}
