import { Fields } from "@/form/Fields";
import { Group } from "@/form/Group";
import { isObject } from "@/form/schema";
import type { WidgetProps } from "@/form/widget";

export function ObjectWidget({ schema, value, onChange, path, label, error }: WidgetProps) {
  return (
    <Group label={label} description={schema.description} error={error}>
      <Fields schema={schema} value={isObject(value) ? value : {}} onChange={onChange} path={path} />
    </Group>
  );
}
