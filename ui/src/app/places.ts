// Where one can go: the sidebar, the bar on a phone, and the palette are made of it.
import {
  CalendarClock,
  ChartCandlestick,
  GalleryVerticalEnd,
  House,
  Inbox,
  Layers,
  ListVideo,
  type LucideIcon,
  Settings,
  Workflow,
} from "lucide-react";

export interface Place {
  title: string;
  path: string;
  icon: LucideIcon;
  /** Other words by which the palette finds it. */
  words?: string[];
  /** In the bar at the bottom of a phone; the others are under More. */
  onPhone?: boolean;
}

export const PLACES: readonly (readonly Place[])[] = [
  [
    { title: "Home", path: "/", icon: House, onPhone: true },
    { title: "Inbox", path: "/inbox", icon: Inbox, onPhone: true, words: ["tasks", "approvals"] },
  ],
  [
    { title: "Workflows", path: "/workflows", icon: Workflow, onPhone: true },
    { title: "Deployments", path: "/deployments", icon: Layers, words: ["bots"] },
    { title: "Runs", path: "/runs", icon: ListVideo, onPhone: true, words: ["executions", "history"] },
    { title: "Backtests", path: "/backtests", icon: ChartCandlestick, words: ["simulate", "sweep", "walk-forward"] },
    { title: "Schedules", path: "/schedules", icon: CalendarClock, words: ["cron"] },
    { title: "Templates", path: "/templates", icon: GalleryVerticalEnd },
  ],
  [{ title: "Settings", path: "/settings", icon: Settings, words: ["profiles", "users", "keys", "audit"] }],
];
