import { Button } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { Fields } from "@/form/Fields";
import { Group } from "@/form/Group";
import { initial, isObject } from "@/form/schema";
import { useForm, type WidgetProps } from "@/form/widget";

/** Fields that belong together. Those that may be nothing at all are set up when somebody wants them. */
export function ObjectWidget({ schema, value, onChange, path, label, error, isNullable, isRequired }: WidgetProps) {
  const { root, isReadOnly } = useForm();
  const isOptional = isNullable && !isReadOnly;
  const isSet = isObject(value);
  return (
    <Group label={label} description={schema.description} error={error}>
      {(isSet || !isNullable) && (
        <Fields schema={schema} value={isSet ? value : {}} onChange={onChange} path={path} />
      )}
      {isOptional && !isSet && (
        <Button
          variant="default"
          size="xs"
          leftSection={<Plus size={14} />}
          aria-label={`Set ${label}`}
          onClick={() => onChange(initial(schema, root) ?? {})}
        >
          Set
        </Button>
      )}
      {isOptional && isSet && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          mt="xs"
          leftSection={<X size={13} />}
          aria-label={`Remove ${label}`}
          onClick={() => onChange(isRequired ? null : undefined)}
        >
          Remove
        </Button>
      )}
    </Group>
  );
}
