// One's own account: password, browsers that are signed in, looks, time zone.
import { Button, PasswordInput, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changePassword, endMyOtherSessions, endMySession, mySessions } from "@/api/account";
import { keys } from "@/api/keys";
import { useMe } from "@/api/me";
import { ConfirmButton } from "@/components/ConfirmButton";
import { Loaded } from "@/components/Loaded";
import { tell } from "@/components/notices";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { counted } from "@/format/number";
import { zone } from "@/format/time";
import { browserOf } from "@/pages/settings/browser";
import { Beside, InlineForm } from "@/pages/settings/InlineForm";
import { Line, Lined, Section } from "@/pages/settings/Section";

export default function MePart() {
  const me = useMe();
  return (
    <>
      <Section title={me.name} description={`Your role is ${me.role}. An administrator can change your name and role.`}>
        <Lined label="Looks">
          <Line title="Appearance" detail="Of this browser; Auto follows your system." actions={<Appearance />} />
          <Line title="Time zone" detail="Times are shown in your system's zone." actions={<span>{zone}</span>} />
        </Lined>
      </Section>
      <Password />
      <Sessions />
    </>
  );
}

const LOOKS = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "Auto" },
] as const;

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl size="xs" aria-label="Appearance" data={[...LOOKS]} value={colorScheme} onChange={setColorScheme} />
  );
}

function Password() {
  const me = useMe();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const close = () => {
    setOpen(false);
    setCurrent("");
    setPassword("");
  };
  const send = async () => {
    await changePassword(password, me.has_password ? current : null);
    tell("The password is changed. Other browsers are signed out.");
    close();
    await client.invalidateQueries({ queryKey: keys.me });
  };
  return (
    <Section
      title="Password"
      description={
        me.has_password ? "You sign in with your name and password." : "You have none: you came by a sign-in link. With one you can come back by yourself."
      }
      action={
        !isOpen && (
          <Button variant="default" onClick={() => setOpen(true)}>
            {me.has_password ? "Change password" : "Set a password"}
          </Button>
        )
      }
    >
      {isOpen && (
        <InlineForm label="Password" submit="Save password" onSubmit={send} onClose={close} isReady={password !== ""}>
          <Beside>
            {me.has_password && (
              <PasswordInput
                label="Current password"
                autoComplete="current-password"
                value={current}
                onChange={(event) => setCurrent(event.currentTarget.value)}
              />
            )}
            <PasswordInput
              label="New password"
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          </Beside>
        </InlineForm>
      )}
    </Section>
  );
}

function Sessions() {
  const client = useQueryClient();
  const query = useQuery(mySessions);
  const again = () => client.invalidateQueries({ queryKey: mySessions.queryKey });
  const others = query.data?.items.some((one) => !one.current) ?? false;
  return (
    <Section
      title="Signed in"
      description="Browsers that are signed in as you."
      action={
        others && (
          <ConfirmButton
            question="All but this one are signed out."
            confirm="Sign out the others"
            onConfirm={async () => {
              const { ended } = await endMyOtherSessions();
              tell(`${counted(ended, "browser")} signed out.`);
              await again();
            }}
          >
            Sign out the others
          </ConfirmButton>
        )
      }
    >
      <Loaded query={query}>
        {({ items }) => (
          <Lined label="Sessions">
            {items.map((one) => (
              <Line
                key={one.id}
                title={browserOf(one.agent)}
                badge={one.current && <StatusBadge status="active" label="This one" />}
                detail={
                  <>
                    <span>
                      since <When at={one.created_at} />
                    </span>
                    <span>
                      last used <When at={one.seen_at} />
                    </span>
                  </>
                }
                actions={
                  !one.current && (
                    <ConfirmButton
                      of={browserOf(one.agent)}
                      question="It has to sign in again."
                      onConfirm={async () => {
                        await endMySession(one.id);
                        await again();
                      }}
                    >
                      Sign out
                    </ConfirmButton>
                  )
                }
              />
            ))}
          </Lined>
        )}
      </Loaded>
    </Section>
  );
}
