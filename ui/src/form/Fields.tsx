// The fields of an object. What is left empty and may be is not in the value.
import { Field } from "@/form/Field";
import classes from "@/form/Fields.module.css";
import { fieldsOf, type Json, type JsonObject, labelOf, type Schema } from "@/form/schema";

interface Props {
  schema: Schema;
  value: JsonObject;
  onChange: (value: JsonObject) => void;
  path: string;
}

export function Fields({ schema, value, onChange, path }: Props) {
  const change = (name: string, changed: Json | undefined) => {
    const { [name]: _, ...rest } = value;
    onChange(changed === undefined ? rest : { ...value, [name]: changed });
  };
  return (
    <div className={classes.fields}>
      {fieldsOf(schema).map(([name, part]) => (
        <Field
          key={name}
          schema={part}
          value={value[name]}
          onChange={(changed) => change(name, changed)}
          path={path === "" ? name : `${path}.${name}`}
          label={labelOf(name, part)}
          isRequired={schema.required?.includes(name) ?? false}
        />
      ))}
    </div>
  );
}
