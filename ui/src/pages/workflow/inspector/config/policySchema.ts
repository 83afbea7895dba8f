// The form of what is set on a node beside its config.
import type { Schema } from "@/form/schema";

const RETRY: Schema = {
  type: "object",
  title: "Retry",
  properties: {
    max_attempts: { type: "integer", minimum: 1, maximum: 1000, default: 3, title: "Attempts", description: "In all, the first included." },
    delay: { type: "string", "x-widget": "duration", default: "1s", description: "Before the second attempt." },
    backoff: { enum: ["constant", "linear", "exponential"], default: "exponential", description: "How the delay grows." },
    max_delay: { type: "string", "x-widget": "duration", default: "60s", title: "Longest delay" },
    jitter: { type: "boolean", default: true, description: "Each delay is drawn between zero and its length." },
    retry_on: {
      type: "array",
      items: { type: "string" },
      "x-widget": "tags",
      "ui:placeholder": "429, 5xx, timeout",
      title: "Only these failures",
      description: "HTTP statuses, timeout, connection, or error types. None: all that may pass.",
    },
  },
};

const FIELDS: Readonly<Record<string, Schema>> = {
  title: { type: "string", description: "What it is called on the canvas." },
  note: { type: "string", "x-widget": "long_text", description: "For whoever reads this later." },
  disabled: { type: "boolean", description: "It is passed over, as if it had not been there." },
  when: { type: "string", format: "expression", title: "Only when", description: "It runs when this is true, and is skipped otherwise.", "ui:placeholder": "input.value.total > 100" },
  on_error: {
    enum: ["fail", "continue", "branch"],
    default: "fail",
    title: "When it fails",
    description: "fail: so does the run. continue: go on with nothing. branch: go on at its output `error`.",
  },
  retry: { anyOf: [RETRY, { type: "null" }], description: "How often and how soon a failed attempt is tried again." },
  timeout: { type: "string", "x-widget": "duration", description: "Longest that one attempt may take." },
  cache: { type: "string", "x-widget": "duration", title: "Keep the result for", description: "With the same input and config it does not run again for so long." },
  join: {
    enum: ["any", "all", "first"],
    default: "any",
    title: "Several branches",
    description: "any: wait for all, run if one is live. all: run only if each is. first: run at the first.",
  },
  lazy: { type: "boolean", title: "Only if needed", description: "It runs only when something reads what it gives." },
  publish: { type: "string", title: "Publish as", description: "A name under which expressions read what it gives." },
};

const EFFECTS = ["title", "note", "disabled", "when", "on_error", "retry", "timeout", "cache", "join", "lazy", "publish"];
const TRIGGERS = ["title", "note", "disabled"];
/** What makes sense for several nodes together. */
const SEVERAL = ["disabled", "on_error", "retry", "timeout", "cache"];

function formOf(names: readonly string[]): Schema {
  return { type: "object", properties: Object.fromEntries(names.flatMap((name) => (FIELDS[name] ? [[name, FIELDS[name]]] : []))) };
}

const OF_EFFECTS = formOf(EFFECTS);
const OF_TRIGGERS = formOf(TRIGGERS);
export const OF_SEVERAL = formOf(SEVERAL);

export function policySchema(kind: string | undefined): Schema {
  return kind === "trigger" || kind === "note" ? OF_TRIGGERS : OF_EFFECTS;
}
