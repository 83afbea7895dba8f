// API keys: for programs that act in one's name.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiKey, apiKeyList, type NewApiKey, revokeApiKey } from "@/api/apiKeys";
import { keys } from "@/api/keys";
import { allItems } from "@/api/paging";
import { ConfirmButton } from "@/components/ConfirmButton";
import { EmptyState } from "@/components/EmptyState";
import { Loaded } from "@/components/Loaded";
import { NewButton } from "@/components/NewButton";
import { ShowMore } from "@/components/ShowMore";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { tell } from "@/components/notices";
import { useNow } from "@/format/useNow";
import { keyStanding } from "@/pages/settings/keyStanding";
import { NewKeyForm } from "@/pages/settings/NewKeyForm";
import { Line, Lined, Section } from "@/pages/settings/Section";
import { ShownOnce } from "@/pages/settings/ShownOnce";

export default function KeysPart() {
  const client = useQueryClient();
  const query = useInfiniteQuery(apiKeyList("mine"));
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const again = () => client.invalidateQueries({ queryKey: keys.keys.all });
  return (
    <Section
      title="API keys"
      description="A program that carries one acts in your name, at most as far as your role goes. Send it as Authorization: Bearer …"
      action={
        !isMaking && (
          <NewButton onClick={() => setMaking(true)}>New key</NewButton>
        )
      }
    >
      {made !== null && (
        <ShownOnce title={`The key ${made.key.name}`} text={made.text} onClose={() => setMade(null)}>
          Copy it now: it is not kept, and cannot be shown again.
        </ShownOnce>
      )}
      {isMaking && (
        <NewKeyForm
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMade(key);
            setMaking(false);
            void again();
          }}
        />
      )}
      <Loaded query={query}>
        {({ pages }) => {
          const items = allItems(pages);
          return items.length === 0 ? (
            !isMaking && (
              <EmptyState title="You have no API key">
                The command line, a script or another service needs one to work with this server.
              </EmptyState>
            )
          ) : (
            <>
              <Lined label="API keys">
                {items.map((key) => (
                  <KeyLine key={key.id} apiKey={key} onRevoked={again} />
                ))}
              </Lined>
              <ShowMore query={query} />
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

const STANDINGS = {
  active: <StatusBadge status="active" />,
  expired: <StatusBadge status="expired" />,
  revoked: <StatusBadge status="cancelled" label="Revoked" />,
};

function KeyLine({ apiKey, onRevoked }: { apiKey: ApiKey; onRevoked: () => Promise<void> }) {
  const standing = useNow((now) => keyStanding(apiKey, now));
  return (
    <Line
      title={apiKey.name}
      badge={STANDINGS[standing]}
      isQuiet={standing !== "active"}
      detail={
        <>
          <span>{apiKey.scopes.includes("*") ? "everything you may" : apiKey.scopes.join(", ")}</span>
          <span>{apiKey.used_at ? <>used <When at={apiKey.used_at} /></> : "never used"}</span>
          {standing !== "revoked" && (
            <span>{apiKey.expires_at ? <>ends <When at={apiKey.expires_at} /></> : "does not end"}</span>
          )}
        </>
      }
      actions={
        standing === "active" && (
          <ConfirmButton
            of={apiKey.name}
            question="What uses it is refused at once."
            onConfirm={async () => {
              await revokeApiKey(apiKey.id);
              tell(`The key ${apiKey.name} is revoked.`);
              await onRevoked();
            }}
          >
            Revoke
          </ConfirmButton>
        )
      }
    />
  );
}
