// One profile: what is set, who uses it, whether it connects; to change and to delete.
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { toProblem } from "@/api/problem";
import { deleteProfile, type Profile, testProfile } from "@/api/profiles";
import { ConfirmButton } from "@/components/ConfirmButton";
import { tell } from "@/components/notices";
import { ProblemNotice } from "@/components/ProblemNotice";
import { ProfileForm } from "@/pages/settings/ProfileForm";
import classes from "@/pages/settings/ProfileLine.module.css";
import { findProvider } from "@/pages/settings/providers";
import { Line } from "@/pages/settings/Section";

interface Props {
  profile: Profile;
  usedBy: readonly string[];
  mayWrite: boolean;
  onChanged: () => Promise<void>;
}

export function ProfileLine({ profile, usedBy, mayWrite, onChanged }: Props) {
  const [isEditing, setEditing] = useState(false);
  const [refused, setRefused] = useState<unknown>(null);
  const test = useMutation({ mutationFn: () => testProfile(profile.name) });
  const isStored = profile.source === "vault";
  const provider = findProvider(profile.provider);
  const remove = async (force: boolean) => {
    await deleteProfile(profile.name, force);
    tell(`The profile ${profile.name} is deleted.`);
    await onChanged();
  };
  const isUsed = refused !== null && toProblem(refused).code === "profile_in_use";
  return (
    <Line
      title={profile.name}
      detail={
        <>
          <span>{provider.id === "" ? "no provider" : provider.title}</span>
          <span>{profile.fields.length === 0 ? "nothing is set" : `${profile.fields.map((field) => field.name).join(", ")} set`}</span>
          <UsedBy names={usedBy} />
          {!isStored && <span>given in the server's environment</span>}
        </>
      }
      actions={
        mayWrite && (
          <>
            {provider.isTested && (
              <Button
                size="xs"
                variant="default"
                aria-label={`Test connection ${profile.name}`}
                loading={test.isPending}
                onClick={() => test.mutate()}
              >
                Test connection
              </Button>
            )}
            {isStored && !isEditing && (
              <Button size="xs" variant="subtle" color="gray" aria-label={`Edit ${profile.name}`} onClick={() => setEditing(true)}>
                Edit
              </Button>
            )}
            {isStored && (
              <ConfirmButton
                of={profile.name}
                question="Its credentials are gone for good."
                onConfirm={() => remove(false)}
                onProblem={setRefused}
              >
                Delete
              </ConfirmButton>
            )}
          </>
        )
      }
    >
      {test.error !== null && <ProblemNotice error={test.error} />}
      {test.data !== undefined && !test.isPending && (
        <div className={classes.tested} role="status" data-ok={test.data.ok || undefined}>
          {test.data.ok ? <CircleCheck size={16} aria-hidden="true" /> : <CircleX size={16} aria-hidden="true" />}
          <div>
            <p>{test.data.message}</p>
            {test.data.remedy && <p>{test.data.remedy}</p>}
          </div>
        </div>
      )}
      {refused !== null && (
        <div className={classes.refused}>
          <ProblemNotice error={refused} />
          <Button size="xs" variant="default" onClick={() => setRefused(null)}>
            Keep it
          </Button>
          {isUsed && (
            <Button size="xs" color="red" onClick={() => void remove(true).catch(setRefused)}>
              Delete all the same
            </Button>
          )}
        </div>
      )}
      {isEditing && (
        <ProfileForm
          profile={profile}
          onClose={() => setEditing(false)}
          onSaved={() => {
            setEditing(false);
            test.reset();
            void onChanged();
          }}
        />
      )}
    </Line>
  );
}

function UsedBy({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <span>no deployment uses it</span>;
  return (
    <span>
      used by{" "}
      {names.map((name, at) => (
        <span key={name}>
          {at > 0 && ", "}
          <Link to={`/deployments/${encodeURIComponent(name)}`}>{name}</Link>
        </span>
      ))}
    </span>
  );
}
