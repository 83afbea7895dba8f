// One field: the widget for its kind, with what is wrong at its place.
import { createElement } from "react";
import { resolve, type Json, type Schema } from "@/form/schema";
import { errorAt, useForm } from "@/form/widget";
import classes from "@/form/Field.module.css";

interface Props {
  schema: Schema;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  path: string;
  label: string;
  isRequired?: boolean;
  /** Something before it says what it is; who cannot see that still hears its name. */
  isLabelHidden?: boolean;
}

export function Field({ schema, value, onChange, path, label, isRequired = false, isLabelHidden = false }: Props) {
  const { root, issues, widgetFor } = useForm();
  const { schema: found, kind, isNullable } = resolve(schema, root);
  return (
    <div className={classes.field} data-label-hidden={isLabelHidden || undefined}>
      {createElement(widgetFor(kind, found), {
        schema: found,
        value,
        onChange,
        path,
        label,
        isRequired,
        isNullable,
        error: errorAt(issues, path),
      })}
    </div>
  );
}
