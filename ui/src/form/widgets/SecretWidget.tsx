import { PasswordInput } from "@mantine/core";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";

/** What is never shown again. In a workflow it is a reference: `{{ secrets.name }}`. */
export function SecretWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { value, onChange, isRequired, isNullable } = props;
  return (
    <PasswordInput
      {...inputProps(props, isReadOnly)}
      autoComplete="off"
      placeholder="{{ secrets.name }}"
      value={typeof value === "string" ? value : ""}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        onChange(typed === "" && !isRequired ? (isNullable ? null : undefined) : typed);
      }}
    />
  );
}
