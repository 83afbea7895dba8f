// What every widget is given, and what it may ask of the form it stands in.
import { type ComponentType, createContext, createElement, useContext } from "react";
import type { Issue } from "@/api/problem";
import { Line } from "@/components/Prose";
import type { Json, JsonObject, Kind, Schema } from "@/form/schema";

export interface WidgetProps {
  /** Resolved: without references, without null. */
  schema: Schema;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  /** Where it stands, as issues name it: `config.headers[2].name`. */
  path: string;
  label: string;
  isRequired: boolean;
  isNullable: boolean;
  error: string | null;
}

export type Widget = ComponentType<WidgetProps>;

export interface FormContext {
  widgetFor: (kind: Kind, schema: Schema) => Widget;
  root: Schema;
  issues: readonly Issue[];
  isReadOnly: boolean;
}

export const Form = createContext<FormContext>({
  root: {},
  issues: [],
  isReadOnly: false,
  widgetFor: () => () => null,
});

export function useForm(): FormContext {
  return useContext(Form);
}

/** What the whole form holds, for the few widgets that look at the field beside them. */
export const FormValue = createContext<JsonObject>({});

/** What Mantine's inputs take of a widget's properties. */
export function inputProps({ schema, label, isRequired, error }: WidgetProps, isReadOnly: boolean) {
  return {
    label,
    required: isRequired,
    withAsterisk: isRequired,
    readOnly: isReadOnly,
    error,
    ...(schema.description === undefined ? {} : { description: createElement(Line, null, schema.description) }),
    ...(schema["ui:placeholder"] === undefined ? {} : { placeholder: schema["ui:placeholder"] }),
  };
}

/** The first issue at `path` itself, without the marks around names: a field's error is plain text. */
export function errorAt(issues: readonly Issue[], path: string): string | null {
  const issue = issues.find((one) => one.path === path);
  if (issue === undefined) return null;
  return `${issue.message} ${issue.remedy ?? ""}`.trim().replaceAll("`", "");
}
