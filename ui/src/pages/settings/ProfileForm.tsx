// A profile made or changed: fields by its provider, written and never read.
import { ActionIcon, Button, PasswordInput, Select, TextInput } from "@mantine/core";
import { Plus, Undo2, X } from "lucide-react";
import { useState } from "react";
import { changeProfile, createProfile, type Profile } from "@/api/profiles";
import { tell } from "@/components/notices";
import { Beside, InlineForm } from "@/pages/settings/InlineForm";
import classes from "@/pages/settings/ProfileForm.module.css";
import { changeOf, fieldsOf, findProvider, PROVIDERS, type ProviderField } from "@/pages/settings/providers";

interface Props {
  /** To change; without, a new one is made. */
  profile?: Profile;
  onSaved: () => void;
  onClose: () => void;
}

export function ProfileForm({ profile, onSaved, onClose }: Props) {
  const [name, setName] = useState(profile?.name ?? "");
  const [providerId, setProviderId] = useState(profile === undefined ? "http" : (profile.provider ?? ""));
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const [extra, setExtra] = useState<readonly string[]>([]);
  const provider = findProvider(providerId);
  const set = (profile?.fields ?? []).filter((field) => field.source === "vault").map((field) => field.name);
  const fields = fieldsOf(provider, [...set, ...extra]);
  const choices = [...PROVIDERS, ...(PROVIDERS.some((one) => one.id === providerId) ? [] : [provider])];
  const save = async () => {
    const change = changeOf(typed, removed);
    if (profile === undefined) {
      const written = Object.fromEntries(Object.entries(change).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
      await createProfile({ name: name.trim(), provider: providerId === "" ? null : providerId, fields: written });
    } else {
      await changeProfile(profile.name, { provider: providerId === "" ? null : providerId, fields: change });
    }
    tell(`The profile ${name.trim()} is saved.`);
    onSaved();
  };
  return (
    <InlineForm
      label={profile === undefined ? "New profile" : `Profile ${profile.name}`}
      submit={profile === undefined ? "Create profile" : "Save"}
      onSubmit={save}
      onClose={onClose}
      isReady={name.trim() !== ""}
      isWithin={profile !== undefined}
    >
      <Beside>
        {profile === undefined && (
          <TextInput
            label="Name"
            description="Workflows and deployments name it."
            placeholder="crm"
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <Select
          label="Provider"
          description={provider.description}
          data={choices.map((one) => ({ value: one.id, label: one.title }))}
          value={providerId}
          onChange={(value) => setProviderId(value ?? "")}
          allowDeselect={false}
        />
      </Beside>
      {fields.map((field) => (
        <SecretField
          key={field.name}
          field={field}
          isSet={set.includes(field.name)}
          isRemoved={removed.includes(field.name)}
          value={typed[field.name] ?? ""}
          onChange={(value) => setTyped({ ...typed, [field.name]: value })}
          onRemove={() => setRemoved([...removed, field.name])}
          onKeep={() => setRemoved(removed.filter((one) => one !== field.name))}
        />
      ))}
      <AddField taken={fields.map((field) => field.name)} onAdd={(one) => setExtra([...extra, one])} />
    </InlineForm>
  );
}

interface FieldProps {
  field: ProviderField;
  isSet: boolean;
  isRemoved: boolean;
  value: string;
  onChange: (value: string) => void;
  onRemove: () => void;
  onKeep: () => void;
}

function SecretField({ field, isSet, isRemoved, value, onChange, onRemove, onKeep }: FieldProps) {
  const Input = field.isOpen ? TextInput : PasswordInput;
  const placeholder = isRemoved ? "Will be removed" : isSet ? "Set. Type to replace it" : "Not set";
  return (
    <div className={classes.field}>
      <Input
        className={classes.input ?? ""}
        label={field.title}
        {...(field.description === undefined ? {} : { description: field.description })}
        placeholder={placeholder}
        autoComplete="off"
        disabled={isRemoved}
        value={isRemoved ? "" : value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {isSet &&
        (isRemoved ? (
          <ActionIcon aria-label={`Keep ${field.title}`} onClick={onKeep}>
            <Undo2 size={15} />
          </ActionIcon>
        ) : (
          <ActionIcon aria-label={`Remove ${field.title}`} onClick={onRemove}>
            <X size={15} />
          </ActionIcon>
        ))}
    </div>
  );
}

function AddField({ taken, onAdd }: { taken: readonly string[]; onAdd: (name: string) => void }) {
  const [name, setName] = useState("");
  const wanted = name.trim().toLowerCase();
  const isGood = /^[a-z0-9_]+$/.test(wanted) && !taken.includes(wanted);
  const add = () => {
    if (!isGood) return;
    onAdd(wanted);
    setName("");
  };
  return (
    <div className={classes.field}>
      <TextInput
        className={classes.input ?? ""}
        label="Another field"
        placeholder="Its name: letters, digits and _"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || wanted === "") return;
          event.preventDefault();
          add();
        }}
      />
      <Button variant="default" leftSection={<Plus size={15} />} disabled={!isGood} onClick={add}>
        Add field
      </Button>
    </div>
  );
}
