// One user: role, quotas, sessions; a sign-in link, and whether they may sign in.
import { Button, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { type Role, useMe } from "@/api/me";
import { changeUser, disableUser, enableUser, endSessionsOf, sessionsOf, type User } from "@/api/users";
import { ConfirmButton } from "@/components/ConfirmButton";
import { Loaded } from "@/components/Loaded";
import { tell, tellProblem } from "@/components/notices";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { counted } from "@/format/number";
import { browserOf } from "@/pages/settings/browser";
import { QuotaForm } from "@/pages/settings/QuotaForm";
import { quotaWords } from "@/pages/settings/quotas";
import { ROLES } from "@/pages/settings/roles";
import { Line, Lined } from "@/pages/settings/Section";
import { linkFor, type MadeLink } from "@/pages/settings/signInLink";
import classes from "@/pages/settings/UserLine.module.css";

interface Props {
  user: User;
  onChanged: () => Promise<void>;
  onLink: (link: MadeLink) => void;
}

export function UserLine({ user, onChanged, onLink }: Props) {
  const isMe = useMe().id === user.id;
  const [isOpen, setOpen] = useState(false);
  const isDisabled = Boolean(user.disabled_at);
  const link = useMutation({ mutationFn: () => linkFor(user.name), onSuccess: onLink, onError: tellProblem });
  const role = useMutation({
    mutationFn: (to: Role) => changeUser(user.name, { role: to }),
    onSuccess: onChanged,
    onError: tellProblem,
  });
  const enable = useMutation({ mutationFn: () => enableUser(user.name), onSuccess: onChanged, onError: tellProblem });
  return (
    <Line
      isQuiet={isDisabled}
      title={user.name}
      badge={isDisabled ? <StatusBadge status="stopped" label="Disabled" /> : isMe && <StatusBadge status="active" label="You" />}
      detail={
        <>
          {(isMe || isDisabled) && <span>{ROLES.find((one) => one.value === user.role)?.label}</span>}
          <span>
            since <When at={user.created_at} />
          </span>
          <span>{user.has_password ? "has a password" : "signs in by link"}</span>
          {user.quotas && <span>{quotaWords(user.quotas)}</span>}
        </>
      }
      actions={
        <>
          {!isMe && !isDisabled && (
            <Select
              className={classes.role ?? ""}
              aria-label={`Role of ${user.name}`}
              size="xs"
              data={[...ROLES]}
              value={user.role}
              onChange={(value) => value !== null && role.mutate(value as Role)}
              allowDeselect={false}
            />
          )}
          {!isDisabled && (
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              aria-label={`Sign-in link for ${user.name}`}
              loading={link.isPending}
              onClick={() => link.mutate()}
            >
              Sign-in link
            </Button>
          )}
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            aria-label={`Limits and sessions of ${user.name}`}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            Limits and sessions
          </Button>
          {isDisabled ? (
            <Button size="xs" variant="default" aria-label={`Enable ${user.name}`} onClick={() => enable.mutate()}>
              Enable
            </Button>
          ) : (
            !isMe && (
              <ConfirmButton
                of={user.name}
                question="They are signed out, and their keys are refused."
                onConfirm={async () => {
                  await disableUser(user.name);
                  tell(`${user.name} may not sign in any more.`);
                  await onChanged();
                }}
              >
                Disable
              </ConfirmButton>
            )
          )}
        </>
      }
    >
      {isOpen && (
        <div className={classes.more}>
          <QuotaForm user={user} onSaved={onChanged} />
          <SessionsOfUser name={user.name} />
        </div>
      )}
    </Line>
  );
}

function SessionsOfUser({ name }: { name: string }) {
  const client = useQueryClient();
  const query = useQuery(sessionsOf(name));
  return (
    <Loaded query={query} lines={2}>
      {({ items }) =>
        items.length === 0 ? (
          <p className={classes.none}>{name} is signed in nowhere.</p>
        ) : (
          <>
            <Lined label={`Sessions of ${name}`}>
              {items.map((one) => (
                <Line
                  key={one.id}
                  title={browserOf(one.agent)}
                  detail={
                    <span>
                      last used <When at={one.seen_at} />
                    </span>
                  }
                />
              ))}
            </Lined>
            <ConfirmButton
              of={`all sessions of ${name}`}
              question="They have to sign in again."
              onConfirm={async () => {
                const { ended } = await endSessionsOf(name);
                tell(`${counted(ended, "session")} of ${name} ended.`);
                await client.invalidateQueries({ queryKey: keys.users.all });
              }}
            >
              End
            </ConfirmButton>
          </>
        )
      }
    </Loaded>
  );
}
