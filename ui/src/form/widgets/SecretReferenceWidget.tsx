import { Autocomplete } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { secretNamesQuery } from "@/api/credentials";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/SecretReferenceWidget.module.css";

const PLAIN = /^[A-Za-z_$][\w$]*$/;

/** A secret of a workflow: referred to by its name, for whoever reads the workflow reads what is written in it. */
export function SecretReferenceWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { value, onChange, isRequired, isNullable } = props;
  const text = typeof value === "string" ? value : "";
  const names = useQuery(secretNamesQuery).data ?? [];
  const isWritten = text !== "" && !text.includes("{{");
  return (
    <div>
      <Autocomplete
        {...inputProps(props, isReadOnly)}
        classNames={{ input: classes.input ?? "" }}
        leftSection={<KeyRound size={14} />}
        placeholder="{{ secrets.name }}"
        data={names.map(referenceTo)}
        value={text}
        autoComplete="off"
        onChange={(typed) => onChange(typed === "" && !isRequired ? (isNullable ? null : undefined) : typed)}
      />
      {isWritten && (
        <p className={classes.warning}>
          Everybody who may read the workflow reads this. Keep it as a secret and write <code>{"{{ secrets.name }}"}</code>.
        </p>
      )}
    </div>
  );
}

function referenceTo(name: string): string {
  return PLAIN.test(name) ? `{{ secrets.${name} }}` : `{{ secrets[${JSON.stringify(name)}] }}`;
}
