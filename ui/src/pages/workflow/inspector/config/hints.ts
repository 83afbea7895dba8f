// Which widget suits a field of a node's config, where its schema does not say: what a text or a number stands for.
import type { Schema } from "@/form/schema";

/** By node type and field; `*` is any type. */
const HINTS: Readonly<Record<string, string>> = {
  "http.request.timeout": "duration",
  "code.python.time_limit": "duration",
  "code.javascript.time_limit": "duration",
  "code.shell.time_limit": "duration",
  "code.python.source": "code",
  "code.javascript.source": "code",
  "data.dedupe.window": "duration",
  "flow.while.delay": "duration",
  "flow.signal.timeout": "duration",
  "flow.approval.deadline": "duration",
  "flow.approval.after": "duration",
  "flow.rate_limit.period": "duration",
  "flow.wait.duration": "duration",
  "flow.wait.poll_interval": "duration",
  "flow.wait.max_wait": "duration",
  "trigger.webhook.tolerance": "duration",
  "trigger.webhook.wait": "duration",
  "trigger.interval.seconds": "duration",
  "*.jitter": "duration",
  "*.cron": "cron",
  "*.timezone": "timezone",
  "file.read.path": "path",
  "file.write.path": "path",
  "flow.approval.message": "textarea",
  "flow.note.text": "textarea",
};

function hintFor(type: string, field: string): string | undefined {
  return HINTS[`${type}.${field}`] ?? HINTS[`*.${field}`];
}

function hinted(type: string, fields: Readonly<Record<string, Schema>>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => {
      const hint = schema["ui:widget"] === undefined ? hintFor(type, name) : undefined;
      return [name, hint === undefined ? schema : { ...schema, "ui:widget": hint }];
    }),
  );
}

/** The schema with a hint at each field that wants one; what it says itself counts more. */
export function withHints(type: string, schema: Schema): Schema {
  const defs = Object.entries(schema.$defs ?? {}).map(([name, part]): [string, Schema] => [
    name,
    part.properties === undefined ? part : { ...part, properties: hinted(type, part.properties) },
  ]);
  return {
    ...schema,
    ...(schema.properties === undefined ? {} : { properties: hinted(type, schema.properties) }),
    ...(defs.length === 0 ? {} : { $defs: Object.fromEntries(defs) }),
  };
}
