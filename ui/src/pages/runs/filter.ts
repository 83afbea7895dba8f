// The filter of the list of runs, as it stands in the address: a link shows somebody else the same list.
import { RUN_STATUSES, type RunFilter, type RunMode, type RunStatus } from "@/api/runs";

const MODES: readonly RunMode[] = ["live", "paper", "test"];

function isStatus(text: string): text is RunStatus {
  return RUN_STATUSES.some((status) => status === text);
}

export function readFilter(query: URLSearchParams): RunFilter {
  const status = query.getAll("status").filter(isStatus);
  const mode = MODES.find((one) => one === query.get("mode"));
  const filter: RunFilter = {};
  if (status.length > 0) filter.status = status;
  if (mode !== undefined) filter.mode = mode;
  for (const name of ["workflow", "deployment", "id"] as const) {
    const text = query.get(name)?.trim();
    if (text) filter[name] = text;
  }
  return filter;
}

export function writeFilter(filter: RunFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const status of filter.status ?? []) query.append("status", status);
  for (const name of ["mode", "workflow", "deployment", "id"] as const) {
    const text = filter[name];
    if (text) query.set(name, text);
  }
  return query;
}

/** `filter` with `name` as given, or without it. */
export function withField<Name extends keyof RunFilter>(
  filter: RunFilter,
  name: Name,
  value: RunFilter[Name] | null | undefined,
): RunFilter {
  const { [name]: _, ...rest } = filter;
  const isEmpty = value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  return isEmpty ? rest : { ...rest, [name]: value };
}

/** Whose days the filter is about; null where it asks for what is not counted by the day. */
export function daysOf(filter: RunFilter): { workflow?: string; deployment?: string } | null {
  const { workflow, deployment, ...rest } = filter;
  if (Object.keys(rest).length > 0 || (workflow !== undefined && deployment !== undefined)) return null;
  if (workflow !== undefined) return { workflow };
  return deployment === undefined ? {} : { deployment };
}
