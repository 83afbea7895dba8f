import { Chip, Group as Row, Input } from "@mantine/core";
import { useId } from "react";
import { Line } from "@/components/Prose";
import { resolve, type Json } from "@/form/schema";
import { useForm, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/ChoicesWidget.module.css";

/** Several of a few values, in the order in which they are listed. */
export function ChoicesWidget({ schema, value, onChange, label, error, isRequired, isNullable }: WidgetProps) {
  const { root, isReadOnly } = useForm();
  const id = useId();
  const choices = (resolve(schema.items ?? {}, root).schema.enum ?? []).filter((choice) => choice !== null);
  const chosen = Array.isArray(value) ? value : [];
  const flip = (choice: Json) => {
    const next = choices.filter((one) => chosen.includes(one) !== (one === choice));
    onChange(next.length === 0 && !isRequired ? (isNullable ? null : undefined) : next);
  };
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      labelProps={{ id: `${id}-label` }}
      description={schema.description && <Line>{schema.description}</Line>}
      error={error}
      withAsterisk={isRequired}
      size="sm"
      inputWrapperOrder={["label", "description", "input", "error"]}
    >
      <Row gap={6} className={classes.choices ?? ""} role="group" aria-labelledby={`${id}-label`}>
        {choices.map((choice) => (
          <Chip
            key={JSON.stringify(choice)}
            size="xs"
            variant="light"
            checked={chosen.includes(choice)}
            disabled={isReadOnly}
            onChange={() => flip(choice)}
          >
            {typeof choice === "string" ? choice.replaceAll("_", " ") : JSON.stringify(choice)}
          </Chip>
        ))}
      </Row>
    </Input.Wrapper>
  );
}
