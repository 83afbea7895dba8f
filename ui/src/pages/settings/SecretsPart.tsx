// Secrets that every run may read, by name; and the key that seals all that is stored.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { useMay, useMe } from "@/api/me";
import { deleteSecret, rotateKey, type Secret, secretList, setSecret } from "@/api/secrets";
import { ConfirmButton } from "@/components/ConfirmButton";
import { EmptyState } from "@/components/EmptyState";
import { Loaded } from "@/components/Loaded";
import { NewButton } from "@/components/NewButton";
import { tell } from "@/components/notices";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { counted } from "@/format/number";
import { Beside, InlineForm } from "@/pages/settings/InlineForm";
import { whyNot } from "@/pages/settings/parts";
import { Line, Lined, Section } from "@/pages/settings/Section";

export default function SecretsPart() {
  const mayWrite = useMay("admin");
  const { role } = useMe();
  const client = useQueryClient();
  const query = useQuery(secretList);
  const [writing, setWriting] = useState<string | null>(null);
  const again = () => client.invalidateQueries({ queryKey: keys.secrets.all });
  const saved = () => {
    setWriting(null);
    void again();
  };
  return (
    <>
      <Section
        title="Secrets"
        description={
          <>
            Values that every run may read as <code>{"{{ secrets.name }}"}</code>. They are encrypted and never shown again.
            {!mayWrite && <> To set one: {whyNot("admin", role)}</>}
          </>
        }
        action={
          mayWrite &&
          writing === null && (
            <NewButton onClick={() => setWriting("")}>New secret</NewButton>
          )
        }
      >
        {writing === "" && <SecretForm name="" onSaved={saved} onClose={() => setWriting(null)} />}
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              writing === null && (
                <EmptyState title="There is no secret yet">
                  For credentials of one service a profile is better: it belongs to somebody, and can be tested.
                </EmptyState>
              )
            ) : (
              <Lined label="Secrets">
                {items.map((secret) => (
                  <Line
                    key={secret.name}
                    title={secret.name}
                    badge={!secret.opens && <StatusBadge status="failed" label="Cannot be opened" />}
                    detail={<Detail secret={secret} />}
                    actions={
                      mayWrite &&
                      secret.source === "vault" && (
                        <>
                          <Button
                            size="xs"
                            variant="subtle"
                            color="gray"
                            aria-label={`Replace ${secret.name}`}
                            onClick={() => setWriting(secret.name)}
                          >
                            Replace
                          </Button>
                          <ConfirmButton
                            of={secret.name}
                            question="Runs that read it will fail."
                            onConfirm={async () => {
                              await deleteSecret(secret.name);
                              tell(`The secret ${secret.name} is deleted.`);
                              await again();
                            }}
                          >
                            Delete
                          </ConfirmButton>
                        </>
                      )
                    }
                  >
                    {writing === secret.name && (
                      <SecretForm name={secret.name} onSaved={saved} onClose={() => setWriting(null)} />
                    )}
                  </Line>
                ))}
              </Lined>
            )
          }
        </Loaded>
      </Section>
      {mayWrite && <Rotation />}
    </>
  );
}

function Detail({ secret }: { secret: Secret }) {
  if (secret.source === "environment") return <span>given in the server's environment</span>;
  return (
    <>
      <span>set{secret.updated_by && ` by ${secret.updated_by}`}</span>
      {secret.updated_at && <When at={secret.updated_at} />}
      {!secret.opens && <span>The key that it was sealed with is missing: set it anew.</span>}
    </>
  );
}

function SecretForm({ name: given, onSaved, onClose }: { name: string; onSaved: () => void; onClose: () => void }) {
  const [name, setName] = useState(given);
  const [value, setValue] = useState("");
  const save = async () => {
    await setSecret(name.trim(), value);
    tell(`The secret ${name.trim()} is set.`);
    onSaved();
  };
  return (
    <InlineForm
      label={given === "" ? "New secret" : `Secret ${given}`}
      submit="Set secret"
      onSubmit={save}
      onClose={onClose}
      isReady={name.trim() !== "" && value !== ""}
      isWithin={given !== ""}
    >
      <Beside>
        {given === "" && (
          <TextInput
            label="Name"
            placeholder="smtp_password"
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label={given === "" ? "Value" : "New value"}
          autoComplete="off"
          required
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
      </Beside>
    </InlineForm>
  );
}

function Rotation() {
  return (
    <Section
      title="Key"
      description="Everything that is stored here is sealed with a key that only the server has. A new key seals all of it anew; nothing has to be typed again. Make a backup of the new key file afterwards: without it a copy of the store opens nothing."
      action={
        <ConfirmButton
          question="All values are sealed anew."
          confirm="Change the key"
          onConfirm={async () => {
            const { key_id, sealed } = await rotateKey();
            tell(`Key ${key_id} seals ${counted(sealed, "value")} now.`);
          }}
        >
          Change the key
        </ConfirmButton>
      }
    >
      {null}
    </Section>
  );
}
