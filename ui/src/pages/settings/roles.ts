// Roles for people, and how long a sign-in link counts.
import type { Role } from "@/api/me";

export const ROLES: readonly { value: Role; label: string }[] = [
  { value: "viewer", label: "Viewer" },
  { value: "operator", label: "Operator" },
  { value: "editor", label: "Editor" },
  { value: "admin", label: "Administrator" },
];

/** A day. */
export const LINK_SECONDS = 86_400;
