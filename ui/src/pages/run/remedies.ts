// What to do about an error of a run: what the error says itself, else what helps with errors of its kind.
import type { FailureData } from "@/live/event";

const BY_TYPE: Readonly<Record<string, string>> = {
  division_by_zero: "Give the divisor another value, or ask for it first in `when`. Then fork the run here.",
  timeout: "Give the node more time with `timeout`, or try the run again.",
  node_timeout: "Give the node more time with `timeout`, or try the run again.",
  run_timeout: "Give the workflow more time in its settings, or try the run again.",
  unknown_name: "Correct the name in the expression, publish, and fork the run here with the new version.",
  expression_error: "Correct the expression, publish, and fork the run here with the new version.",
  cancelled: "Run it again when it is wanted after all.",
};

export function remedyOf({ type, details }: FailureData): string {
  const told = details?.["remedy"];
  if (typeof told === "string" && told !== "") return told;
  return BY_TYPE[type] ?? "Correct its cause and retry: what succeeded is kept. Or fork the run here with another output.";
}
