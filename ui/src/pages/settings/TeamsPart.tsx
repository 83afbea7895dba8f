// Teams: workflows are shared with all of their members at once.
import { Button, MultiSelect, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { shareNames } from "@/api/sharing";
import { changeTeam, createTeam, deleteTeam, type Team, teamList } from "@/api/teams";
import { ConfirmButton } from "@/components/ConfirmButton";
import { EmptyState } from "@/components/EmptyState";
import { Loaded } from "@/components/Loaded";
import { NewButton } from "@/components/NewButton";
import { tell } from "@/components/notices";
import { counted } from "@/format/number";
import { Beside, InlineForm } from "@/pages/settings/InlineForm";
import { Line, Lined, Section } from "@/pages/settings/Section";

export default function TeamsPart() {
  const client = useQueryClient();
  const query = useQuery(teamList);
  /** Null: nothing is edited; empty: a new one. */
  const [edited, setEdited] = useState<string | null>(null);
  const again = () => client.invalidateQueries({ queryKey: keys.teams.all });
  const saved = () => {
    setEdited(null);
    void again();
    void client.invalidateQueries({ queryKey: keys.users.names });
  };
  return (
    <Section
      title="Teams"
      description="What is shared with a team, all its members have."
      action={
        edited === null && (
          <NewButton onClick={() => setEdited("")}>New team</NewButton>
        )
      }
    >
      {edited === "" && <TeamForm onSaved={saved} onClose={() => setEdited(null)} />}
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            edited === null && (
              <EmptyState title="There is no team yet">Make one to share workflows with several people at once.</EmptyState>
            )
          ) : (
            <Lined label="Teams">
              {items.map((team) => (
                <Line
                  key={team.id}
                  title={team.name}
                  detail={
                    <span>
                      {counted(team.members.length, "member")}
                      {team.members.length > 0 && `: ${team.members.join(", ")}`}
                    </span>
                  }
                  actions={
                    <>
                      <Button
                        size="xs"
                        variant="subtle"
                        color="gray"
                        aria-label={`Edit ${team.name}`}
                        onClick={() => setEdited(team.name)}
                      >
                        Edit
                      </Button>
                      <ConfirmButton
                        of={team.name}
                        question="What was shared with it is shared no more."
                        onConfirm={async () => {
                          await deleteTeam(team.name);
                          tell(`The team ${team.name} is deleted.`);
                          await again();
                        }}
                      >
                        Delete
                      </ConfirmButton>
                    </>
                  }
                >
                  {edited === team.name && <TeamForm team={team} onSaved={saved} onClose={() => setEdited(null)} />}
                </Line>
              ))}
            </Lined>
          )
        }
      </Loaded>
    </Section>
  );
}

function TeamForm({ team, onSaved, onClose }: { team?: Team; onSaved: () => void; onClose: () => void }) {
  const names = useQuery(shareNames);
  const [name, setName] = useState(team?.name ?? "");
  const [members, setMembers] = useState(team?.members ?? []);
  const save = async () => {
    const body = { name: name.trim(), members };
    await (team === undefined ? createTeam(body) : changeTeam(team.name, body));
    onSaved();
  };
  return (
    <InlineForm
      label={team === undefined ? "New team" : `Team ${team.name}`}
      submit={team === undefined ? "Create team" : "Save"}
      onSubmit={save}
      onClose={onClose}
      isReady={name.trim() !== ""}
      isWithin={team !== undefined}
    >
      <Beside>
        <TextInput label="Name" required maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <MultiSelect
          label="Members"
          data={[...new Set([...(names.data?.users ?? []), ...members])]}
          value={members}
          onChange={setMembers}
          searchable
          nothingFoundMessage="There is no such user"
        />
      </Beside>
    </InlineForm>
  );
}
