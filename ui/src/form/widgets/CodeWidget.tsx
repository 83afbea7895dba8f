import { Input } from "@mantine/core";
import { useId } from "react";
import { Line } from "@/components/Prose";
import { LazyCodeEditor } from "@/expression/LazyCodeEditor";
import { useForm, type WidgetProps } from "@/form/widget";

/** A program. */
export function CodeWidget({ schema, label, error, value, onChange, isRequired }: WidgetProps) {
  const { isReadOnly } = useForm();
  const id = useId();
  return (
    <Input.Wrapper
      label={label}
      labelProps={{ id: `${id}-label` }}
      description={schema.description && <Line>{schema.description}</Line>}
      descriptionProps={{ id: `${id}-description` }}
      error={error}
      withAsterisk={isRequired}
      size="sm"
      inputWrapperOrder={["label", "description", "input", "error"]}
    >
      <LazyCodeEditor
        value={typeof value === "string" ? value : ""}
        onChange={onChange}
        language={schema["x-language"]}
        labelledBy={`${id}-label`}
        describedBy={schema.description === undefined ? undefined : `${id}-description`}
        isReadOnly={isReadOnly}
        isWrong={error !== null}
      />
    </Input.Wrapper>
  );
}
