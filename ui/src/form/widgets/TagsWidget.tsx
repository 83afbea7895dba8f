import { TagsInput } from "@mantine/core";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";

/** A few words, whose order says nothing: each with Enter or a comma. */
export function TagsWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { value, onChange, isRequired, isNullable } = props;
  const words = Array.isArray(value) ? value.map(String) : [];
  const { placeholder, ...shared } = inputProps(props, isReadOnly);
  return (
    <TagsInput
      {...shared}
      {...(placeholder === undefined || words.length > 0 ? {} : { placeholder })}
      value={words}
      onChange={(next) => onChange(next.length === 0 && !isRequired ? (isNullable ? null : undefined) : next)}
      splitChars={[",", ";"]}
    />
  );
}
