// A status as sign and word.
import classes from "@/components/StatusBadge.module.css";
import { lookOf } from "@/components/status";

export function StatusBadge({ status, label }: { status: string; label?: string }) {
  const look = lookOf(status);
  const Icon = look.icon;
  return (
    <span className={classes.badge} data-tone={look.tone} data-turning={status === "running" || undefined}>
      <Icon size={13} strokeWidth={2.25} aria-hidden="true" />
      {label ?? look.label}
    </span>
  );
}
