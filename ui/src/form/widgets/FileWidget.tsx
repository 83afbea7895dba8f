import { TextInput } from "@mantine/core";
import { File } from "lucide-react";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/ExpressionWidget.module.css";

/** A file's path, from the server's folder of work on. */
export function FileWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { value, onChange, isRequired, isNullable } = props;
  return (
    <TextInput
      {...inputProps(props, isReadOnly)}
      classNames={{ input: classes.input ?? "" }}
      leftSection={<File size={14} />}
      placeholder={props.schema["ui:placeholder"] ?? "reports/today.csv"}
      spellCheck={false}
      value={typeof value === "string" ? value : ""}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        onChange(typed === "" && !isRequired ? (isNullable ? null : undefined) : typed);
      }}
    />
  );
}
