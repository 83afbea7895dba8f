// A sign for each kind of node, by its type or else by its category.
import {
  Braces,
  CalendarClock,
  CircleDot,
  Clock,
  Code,
  FileText,
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
  UserCheck,
  Workflow,
  Zap,
} from "lucide-react";

const BY_TYPE: Readonly<Record<string, LucideIcon>> = {
  "flow.if": GitBranch,
  "flow.switch": Split,
  "flow.merge": Merge,
  "flow.loop": Repeat,
  "flow.while": Repeat,
  "flow.parallel": Rows3,
  "flow.try": ShieldAlert,
  "flow.wait": Hourglass,
  "flow.signal": RadioTower,
  "flow.approval": UserCheck,
  "flow.workflow": Workflow,
  "trigger.schedule": CalendarClock,
  "trigger.interval": Clock,
  "trigger.manual": Play,
};
const BY_CATEGORY: Readonly<Record<string, LucideIcon>> = {
  trigger: Zap,
  http: Globe,
  file: FileText,
  code: Code,
  flow: GitBranch,
  data: Braces,
};

export function signOf(type: string, category: string): LucideIcon {
  return BY_TYPE[type] ?? BY_CATEGORY[category] ?? CircleDot;
}
