// How much the workflows of one user may use.
import { NumberInput } from "@mantine/core";
import { useState } from "react";
import { changeUser, type User } from "@/api/users";
import { tell } from "@/components/notices";
import { Beside, InlineForm } from "@/pages/settings/InlineForm";
import { QUOTAS, type QuotaName, quotasOf } from "@/pages/settings/quotas";

export function QuotaForm({ user, onSaved }: { user: User; onSaved: () => Promise<void> }) {
  const [values, setValues] = useState<Partial<Record<QuotaName, number>>>(() =>
    Object.fromEntries(QUOTAS.flatMap(({ name }) => (typeof user.quotas?.[name] === "number" ? [[name, user.quotas[name]]] : []))),
  );
  const save = async () => {
    await changeUser(user.name, { quotas: quotasOf(values) });
    tell(`The limits of ${user.name} are saved.`);
    await onSaved();
  };
  return (
    <InlineForm label={`Limits of ${user.name}`} submit="Save limits" onSubmit={save}>
      <Beside>
        {QUOTAS.map(({ name, title }) => (
          <NumberInput
            key={name}
            label={title}
            placeholder="As the installation's"
            min={0}
            allowDecimal={false}
            value={values[name] ?? ""}
            onChange={(typed) => {
              const { [name]: _, ...rest } = values;
              setValues(typeof typed === "number" ? { ...rest, [name]: typed } : rest);
            }}
          />
        ))}
      </Beside>
    </InlineForm>
  );
}
