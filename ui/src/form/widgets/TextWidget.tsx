import { Textarea, TextInput } from "@mantine/core";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";

const LONG = 120;

/** A text; several lines where the schema or the text itself wants them. */
export function TextWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { schema, value, onChange, isNullable, isRequired } = props;
  const text = typeof value === "string" ? value : "";
  // Of what may be left out, nothing typed is no text.
  const tell = (typed: string) => onChange(typed === "" && !isRequired ? (isNullable ? null : undefined) : typed);
  const placeholder = schema["ui:placeholder"] ?? (typeof schema.default === "string" ? schema.default : undefined);
  const shared = { ...inputProps(props, isReadOnly), value: text, ...(placeholder === undefined ? {} : { placeholder }) };
  if (schema["x-widget"] === "long_text" || schema.format === "multiline" || text.includes("\n") || text.length > LONG) {
    return <Textarea {...shared} autosize minRows={2} maxRows={12} onChange={(event) => tell(event.currentTarget.value)} />;
  }
  return <TextInput {...shared} onChange={(event) => tell(event.currentTarget.value)} />;
}
