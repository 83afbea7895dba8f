// A form made from a JSON Schema: a node's config, a workflow's inputs, a task's answer.
import { useMemo } from "react";
import type { Issue } from "@/api/problem";
import { Fields } from "@/form/Fields";
import { type JsonObject, resolve, type Schema } from "@/form/schema";
import { Form, type FormContext, FormValue } from "@/form/widget";
import { widgetFor, type Widgets } from "@/form/widgets";

interface Props {
  schema: Schema;
  value: JsonObject;
  onChange: (value: JsonObject) => void;
  /** What the server's check found; each is shown at the field that its path names. */
  issues?: readonly Issue[];
  /** What the paths of the issues begin with: `nodes[3].config`. */
  path?: string;
  isReadOnly?: boolean;
  /** Instead of the usual ones: `{expression: ExpressionEditor}`. Made once, outside of components. */
  widgets?: Widgets;
}

const USUAL: Widgets = {};
const NONE: readonly Issue[] = [];

export function SchemaForm(props: Props) {
  const { schema, value, onChange, issues = NONE, path = "", isReadOnly = false, widgets = USUAL } = props;
  const form = useMemo<FormContext>(
    () => ({ root: schema, issues, isReadOnly, widgetFor: (kind, part) => widgetFor(kind, part, widgets) }),
    [schema, issues, isReadOnly, widgets],
  );
  return (
    <Form value={form}>
      <FormValue value={value}>
        <Fields schema={resolve(schema, schema).schema} value={value} onChange={onChange} path={path} />
      </FormValue>
    </Form>
  );
}
