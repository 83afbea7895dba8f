// A sign for each kind of node, by its type where people know it by that, or else by its category.
import {
  Braces,
  CalendarClock,
  CircleDot,
  Clock,
  Code,
  FileText,
  FunctionSquare,
  GitBranch,
  Globe,
  Hourglass,
  type LucideIcon,
  Merge,
  Play,
  RadioTower,
  Repeat,
  Rows3,
  ShieldAlert,
  Split,
  StickyNote,
  UserCheck,
  Workflow,
  Zap,
} from "lucide-react";

const BY_TYPE: Readonly<Record<string, LucideIcon>> = {
  "flow.if": GitBranch,
  "flow.in_range": GitBranch,
  "flow.switch": Split,
  "flow.merge": Merge,
  "flow.loop": Repeat,
  "flow.while": Repeat,
  "flow.parallel": Rows3,
  "flow.try": ShieldAlert,
  "flow.wait": Hourglass,
  "flow.signal": RadioTower,
  "flow.approval": UserCheck,
  "flow.form": UserCheck,
  "flow.workflow": Workflow,
  "flow.note": StickyNote,
  "trigger.schedule": CalendarClock,
  "trigger.interval": Clock,
  "trigger.manual": Play,
  "data.transform": FunctionSquare,
};
const BY_CATEGORY: Readonly<Record<string, LucideIcon>> = {
  trigger: Zap,
  http: Globe,
  file: FileText,
  code: Code,
  flow: GitBranch,
  data: Braces,
};

export function iconOf(type: string): LucideIcon {
  return BY_TYPE[type] ?? BY_CATEGORY[type.split(".")[0] ?? ""] ?? CircleDot;
}
