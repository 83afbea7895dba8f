// Users: who may sign in, as what, and how much they may use.
import { Select, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import type { Role } from "@/api/me";
import { allItems } from "@/api/paging";
import { createUser, userList } from "@/api/users";
import { Loaded } from "@/components/Loaded";
import { NewButton } from "@/components/NewButton";
import { ShowMore } from "@/components/ShowMore";
import { Beside, InlineForm } from "@/pages/settings/InlineForm";
import { ROLES } from "@/pages/settings/roles";
import { Lined, Section } from "@/pages/settings/Section";
import { ShownOnce } from "@/pages/settings/ShownOnce";
import { linkFor, type MadeLink } from "@/pages/settings/signInLink";
import { UserLine } from "@/pages/settings/UserLine";

export default function UsersPart() {
  const client = useQueryClient();
  const query = useInfiniteQuery(userList);
  const [isMaking, setMaking] = useState(false);
  const [link, setLink] = useState<MadeLink | null>(null);
  const again = () => client.invalidateQueries({ queryKey: keys.users.all });
  return (
    <Section
      title="Users"
      description="A viewer looks, an operator also runs and answers, an editor also makes and publishes, an administrator may everything."
      action={
        !isMaking && (
          <NewButton onClick={() => setMaking(true)}>New user</NewButton>
        )
      }
    >
      {link !== null && (
        <ShownOnce title={`Sign-in link for ${link.user}`} text={link.address} onClose={() => setLink(null)}>
          Send it to them: it signs in once, within a day. It is not shown again.
        </ShownOnce>
      )}
      {isMaking && (
        <NewUserForm
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false);
            setLink(made);
            void again();
          }}
        />
      )}
      <Loaded query={query}>
        {({ pages }) => (
          <>
            <Lined label="Users">
              {allItems(pages).map((user) => (
                <UserLine key={user.id} user={user} onChanged={again} onLink={setLink} />
              ))}
            </Lined>
            <ShowMore query={query} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function NewUserForm({ onMade, onClose }: { onMade: (link: MadeLink) => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const make = async () => {
    const user = await createUser({ name: name.trim(), role });
    onMade(await linkFor(user.name));
  };
  return (
    <InlineForm label="New user" submit="Create user and link" onSubmit={make} onClose={onClose} isReady={name.trim() !== ""}>
      <Beside>
        <TextInput
          label="Name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Role"
          data={[...ROLES]}
          value={role}
          onChange={(value) => setRole((value as Role | null) ?? "viewer")}
          allowDeselect={false}
        />
      </Beside>
    </InlineForm>
  );
}
