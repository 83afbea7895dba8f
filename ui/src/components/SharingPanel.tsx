// Whose a workflow is, with whom it is shared, and how much each may do with it.
import { ActionIcon, Button, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Globe, UserRound, UsersRound, X } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { giveTo, type Share, shareNames, type Sharing, sharingOf, shareWith, unshare } from "@/api/sharing";
import { Loaded } from "@/components/Loaded";
import { ProblemNotice } from "@/components/ProblemNotice";
import classes from "@/components/SharingPanel.module.css";

type GivenLevel = "view" | "operate" | "edit";
const LEVELS: readonly { value: GivenLevel; label: string }[] = [
  { value: "view", label: "may look" },
  { value: "operate", label: "may run it" },
  { value: "edit", label: "may change it" },
];
const ICONS = { user: UserRound, team: UsersRound, everybody: Globe } as const;
const EVERYBODY = "everybody ";

export function SharingPanel({ workflow }: { workflow: string }) {
  const sharing = useQuery(sharingOf(workflow));
  return (
    <Loaded query={sharing} lines={3}>
      {(data) => <Content sharing={data} />}
    </Loaded>
  );
}

function Content({ sharing }: { sharing: Sharing }) {
  const { workflow, owner, shares, level } = sharing;
  const client = useQueryClient();
  const isOwn = level === "own";
  const change = useMutation({
    mutationFn: (send: () => Promise<Sharing>) => send(),
    onSuccess: (changed) => {
      client.setQueryData(keys.workflows.sharing(workflow), changed);
      void client.invalidateQueries({ queryKey: keys.workflows.all });
    },
  });
  return (
    <div className={classes.sharing}>
      <ul className={classes.list} aria-label="Who has it">
        <li>
          {owner === null ? <Globe size={16} aria-hidden="true" /> : <UserRound size={16} aria-hidden="true" />}
          <span className={classes.who}>{owner ?? "Everybody"}</span>
          <span className={classes.level}>{owner === null ? "as far as their role goes" : "owns it"}</span>
        </li>
        {shares.map((share) => (
          <ShareLine
            key={`${share.kind} ${share.name}`}
            share={share}
            mayChange={isOwn}
            onLevel={(next) => change.mutate(() => shareWith(workflow, share.kind, share.name, next))}
            onRemove={() => change.mutate(() => unshare(workflow, share))}
          />
        ))}
      </ul>
      {change.error !== null && <ProblemNotice error={change.error} />}
      {isOwn && owner === null && <p className={classes.hint}>To choose who may do what, give it an owner first.</p>}
      {isOwn && <AddShare sharing={sharing} onSend={(send) => change.mutate(send)} />}
      {!isOwn && <p className={classes.hint}>Only its owner and administrators share it.</p>}
    </div>
  );
}

interface LineProps {
  share: Share;
  mayChange: boolean;
  onLevel: (level: GivenLevel) => void;
  onRemove: () => void;
}

function ShareLine({ share, mayChange, onLevel, onRemove }: LineProps) {
  const Icon = ICONS[share.kind];
  const name = nameOf(share);
  return (
    <li>
      <Icon size={16} aria-hidden="true" />
      <span className={classes.who}>{name}</span>
      {mayChange ? (
        <>
          <Select
            aria-label={`What ${name} may do`}
            className={classes.select ?? ""}
            data={[...LEVELS]}
            value={share.level}
            allowDeselect={false}
            onChange={(value) => {
              const chosen = LEVELS.find((one) => one.value === value);
              if (chosen) onLevel(chosen.value);
            }}
          />
          <ActionIcon aria-label={`Take it from ${name}`} onClick={onRemove}>
            <X size={15} />
          </ActionIcon>
        </>
      ) : (
        <span className={classes.level}>{LEVELS.find((one) => one.value === share.level)?.label}</span>
      )}
    </li>
  );
}

function AddShare({ sharing, onSend }: { sharing: Sharing; onSend: (send: () => Promise<Sharing>) => void }) {
  const { workflow, owner, shares } = sharing;
  const names = useQuery(shareNames);
  const [whom, setWhom] = useState<string | null>(null);
  const [level, setLevel] = useState<GivenLevel>("view");
  const has = new Set([...shares.map((share) => `${share.kind} ${share.name}`), `user ${owner ?? ""}`]);
  const options = (kind: "user" | "team", list: readonly string[]) =>
    list.filter((name) => !has.has(`${kind} ${name}`)).map((name) => ({ value: `${kind} ${name}`, label: name }));
  const people = options("user", names.data?.users ?? []);
  const groups = [
    ...(has.has(EVERYBODY) ? [] : [{ group: "All", items: [{ value: EVERYBODY, label: "Everybody" }] }]),
    { group: "People", items: people },
    { group: "Teams", items: options("team", names.data?.teams ?? []) },
  ].filter(({ items }) => items.length > 0);
  const send = () => {
    if (whom === null) return;
    const at = whom.indexOf(" ");
    const kind = whom.slice(0, at) as Share["kind"];
    onSend(() => shareWith(workflow, kind, whom.slice(at + 1), level));
    setWhom(null);
  };
  return (
    <>
      {owner !== null && (
        <div className={classes.add}>
          <Select label="Share with" placeholder="Somebody" data={groups} value={whom} onChange={setWhom} searchable />
          <Select
            label="Who"
            data={[...LEVELS]}
            value={level}
            allowDeselect={false}
            onChange={(value) => setLevel(LEVELS.find((one) => one.value === value)?.value ?? "view")}
          />
          <Button disabled={whom === null} onClick={send}>
            Share
          </Button>
        </div>
      )}
      <div className={classes.give}>
        <Select
          label={owner === null ? "Give it an owner" : "Give it away"}
          placeholder="Choose somebody"
          data={people.map(({ label }) => label)}
          value={null}
          onChange={(to) => to !== null && onSend(() => giveTo(workflow, to))}
          searchable
        />
        {owner !== null && (
          <Button variant="default" onClick={() => onSend(() => giveTo(workflow, null))}>
            Make it everybody’s
          </Button>
        )}
      </div>
    </>
  );
}

function nameOf({ kind, name }: Share): string {
  if (kind === "everybody") return "Everybody";
  return kind === "team" ? `Team ${name}` : name;
}
