import { TextInput } from "@mantine/core";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/ExpressionWidget.module.css";

/** An expression. The inspector puts its editor with completion and preview in this place. */
export function ExpressionWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { value, onChange, isRequired, isNullable } = props;
  return (
    <TextInput
      {...inputProps(props, isReadOnly)}
      classNames={{ input: classes.input }}
      spellCheck={false}
      value={typeof value === "string" ? value : ""}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        onChange(typed === "" && !isRequired ? (isNullable ? null : undefined) : typed);
      }}
    />
  );
}
