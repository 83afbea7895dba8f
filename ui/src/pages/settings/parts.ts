// The parts of the settings: what each is, and whom it is for.
import {
  Activity,
  KeyRound,
  Lock,
  type LucideIcon,
  Plug,
  ScrollText,
  UserRound,
  Users,
  UsersRound,
} from "lucide-react";
import { isAtLeast, type Role } from "@/api/me";

export interface Part {
  id: string;
  title: string;
  icon: LucideIcon;
  /** Who may look at it at all. */
  least: Role;
}

export const PARTS: readonly Part[] = [
  { id: "me", title: "Me", icon: UserRound, least: "viewer" },
  { id: "keys", title: "API keys", icon: KeyRound, least: "viewer" },
  { id: "profiles", title: "Profiles", icon: Plug, least: "operator" },
  { id: "secrets", title: "Secrets", icon: Lock, least: "operator" },
  { id: "users", title: "Users", icon: Users, least: "admin" },
  { id: "teams", title: "Teams", icon: UsersRound, least: "admin" },
  { id: "audit", title: "Audit", icon: ScrollText, least: "admin" },
  { id: "system", title: "System", icon: Activity, least: "admin" },
];

const ONE: Record<Role, string> = {
  viewer: "a viewer",
  operator: "an operator",
  editor: "an editor",
  admin: "an administrator",
};

export function partOf(id: string | undefined): Part | undefined {
  return PARTS.find((part) => part.id === (id ?? "me"));
}

export function maySee(part: Part, role: Role): boolean {
  return isAtLeast(role, part.least);
}

/** `You are a viewer; this takes at least an operator.` */
export function whyNot(least: Role, role: Role): string {
  const needed = least === "admin" ? ONE.admin : `at least ${ONE[least]}`;
  return `You are ${ONE[role]}; this takes ${needed}.`;
}
