// The forms of the workflow itself.
import type { Schema } from "@/form/schema";
import { INPUT_TYPES } from "@/pages/workflow/inspector/workflow/inputs";

export const ABOUT: Schema = {
  type: "object",
  properties: {
    title: { type: "string", description: "What it is called in lists." },
    description: { type: "string", "x-widget": "long_text" },
    tags: { type: "array", items: { type: "string" }, "x-widget": "tags", "ui:placeholder": "sales, nightly…" },
  },
};

export const INPUT: Schema = {
  type: "object",
  properties: {
    type: { enum: [...INPUT_TYPES] },
    description: { type: "string" },
    default: { description: "What it is where a run is not given one: JSON, or text as it is." },
  },
};

export const OUTPUTS: Schema = {
  type: "object",
  properties: {
    outputs: {
      title: "What a run comes to",
      anyOf: [
        { type: "object", title: "Values by name", additionalProperties: { type: "string" } },
        { type: "string", title: "One value" },
        { type: "null" },
      ],
    },
  },
};

export const SETTINGS: Schema = {
  type: "object",
  properties: {
    timeout: { type: "string", "x-widget": "duration", description: "The run fails when it takes longer, waiting included." },
    max_concurrency: { type: "integer", minimum: 1, title: "At once", description: "Effects of one run under way at the same time." },
    on_failure: { type: "string", title: "When a run fails, start", description: "The name of another workflow." },
    fail_fast: { type: "boolean", description: "A failure cancels what is running beside it." },
    save: { enum: ["all", "failures", "none"], default: "all", title: "Keep", description: "Which runs are kept with the values of their nodes." },
    retention: { type: "string", "x-widget": "duration", title: "Keep runs for" },
    retry_budget: { type: "string", "ui:placeholder": "20 per 1m", description: "Retries that all runs may make together; then a failure is final." },
  },
};
