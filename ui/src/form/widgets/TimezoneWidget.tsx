import { Select } from "@mantine/core";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";
import { zone } from "@/format/time";

const ZONES = [...new Set(["UTC", zone, ...Intl.supportedValuesOf("timeZone")])];

/** A time zone by its IANA name; one's own stands among the first. */
export function TimezoneWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { schema, value, onChange, isRequired } = props;
  const usual = typeof schema.default === "string" ? schema.default : undefined;
  const shown = typeof value === "string" ? value : (usual ?? null);
  return (
    <Select
      {...inputProps(props, isReadOnly)}
      data={shown === null || ZONES.includes(shown) ? ZONES : [shown, ...ZONES]}
      value={shown}
      onChange={(chosen) => onChange(chosen ?? (isRequired ? "UTC" : undefined))}
      searchable
      limit={50}
      allowDeselect={false}
      nothingFoundMessage="No such zone"
    />
  );
}
