import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { profilesQuery } from "@/api/credentials";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";

/** A profile by its name: the credentials of a provider. */
export function ProfileWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { value, onChange, isRequired, isNullable } = props;
  const profiles = useQuery(profilesQuery);
  const names = (profiles.data ?? []).map(({ name, provider }) => ({
    value: name,
    label: typeof provider !== "string" ? name : `${name} (${provider})`,
  }));
  const chosen = typeof value === "string" && value !== "" ? value : null;
  const isKnown = chosen === null || names.some((one) => one.value === chosen);
  return (
    <Select
      {...inputProps(props, isReadOnly)}
      data={isKnown ? names : [{ value: chosen, label: chosen }, ...names]}
      value={chosen}
      onChange={(name) => onChange(name ?? (isNullable ? null : isRequired ? "" : undefined))}
      clearable={!isRequired}
      allowDeselect={false}
      searchable={names.length > 8}
      nothingFoundMessage={profiles.error === null ? "There is no profile yet" : "Profiles cannot be read by you"}
    />
  );
}
