// What narrows the audit log, as it is typed and as the API takes it.
import type { AuditEntry, AuditFilter } from "@/api/audit";

export interface AuditFields {
  actor: string;
  action: string;
  subject: string;
  outcome: string;
  /** Days, as `2026-03-01`, in one's own zone. */
  from: string;
  to: string;
}

export const NO_FIELDS: AuditFields = { actor: "", action: "", subject: "", outcome: "", from: "", to: "" };

export function filterOf(fields: AuditFields): AuditFilter {
  const filter: AuditFilter = {};
  for (const name of ["actor", "action", "subject"] as const) {
    const text = fields[name].trim();
    if (text !== "") filter[name] = text;
  }
  const { outcome } = fields;
  if (outcome === "done" || outcome === "refused" || outcome === "failed") filter.outcome = outcome;
  const since = momentOf(fields.from, 0);
  const until = momentOf(fields.to, 1);
  if (since !== null) filter.since = since;
  if (until !== null) filter.until = until;
  return filter;
}

/** Midnight at the beginning of `day`, or so many days later. */
function momentOf(day: string, later: number): string | null {
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined || Number.isNaN(year + month + date)) return null;
  const at = new Date(year, month - 1, date + later);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** `role: viewer, name: tom`. */
export function detailText(entry: Pick<AuditEntry, "details">): string {
  return Object.entries(entry.details)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
