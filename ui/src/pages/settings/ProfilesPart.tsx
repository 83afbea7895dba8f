// Profiles: named credentials that deployments and nodes are bound to.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { deploymentList } from "@/api/deployments";
import { keys } from "@/api/keys";
import { useMay, useMe } from "@/api/me";
import { profileList } from "@/api/profiles";
import { EmptyState } from "@/components/EmptyState";
import { Loaded } from "@/components/Loaded";
import { NewButton } from "@/components/NewButton";
import { whyNot } from "@/pages/settings/parts";
import { ProfileForm } from "@/pages/settings/ProfileForm";
import { ProfileLine } from "@/pages/settings/ProfileLine";
import { Lined, Section } from "@/pages/settings/Section";

export default function ProfilesPart() {
  const mayWrite = useMay("editor");
  const { role } = useMe();
  const client = useQueryClient();
  const query = useQuery(profileList);
  const deployments = useQuery(deploymentList({ limit: 200 }));
  const [isMaking, setMaking] = useState(false);
  const again = () => client.invalidateQueries({ queryKey: keys.profiles.all });
  const usersOf = (name: string) =>
    (deployments.data?.items ?? []).filter((one) => one.profiles.includes(name)).map((one) => one.name);
  return (
    <Section
      title="Profiles"
      description={
        <>
          Credentials for a service under one name. What is written into a profile is encrypted and never shown again.
          {!mayWrite && <> To make or change one: {whyNot("editor", role)}</>}
        </>
      }
      action={
        mayWrite &&
        !isMaking && (
          <NewButton onClick={() => setMaking(true)}>New profile</NewButton>
        )
      }
    >
      {isMaking && (
        <ProfileForm
          onClose={() => setMaking(false)}
          onSaved={() => {
            setMaking(false);
            void again();
          }}
        />
      )}
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            !isMaking && (
              <EmptyState title="There is no profile yet">
                A workflow that calls a service with credentials is bound to a profile, so that no file holds a password.
              </EmptyState>
            )
          ) : (
            <Lined label="Profiles">
              {items.map((profile) => (
                <ProfileLine
                  key={profile.name}
                  profile={profile}
                  usedBy={usersOf(profile.name)}
                  mayWrite={mayWrite}
                  onChanged={again}
                />
              ))}
            </Lined>
          )
        }
      </Loaded>
    </Section>
  );
}
