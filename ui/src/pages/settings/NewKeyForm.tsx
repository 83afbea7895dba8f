// A new API key: what it is for, what it may, until when.
import { SegmentedControl, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { makeApiKey, type NewApiKey } from "@/api/apiKeys";
import { useMe } from "@/api/me";
import { InlineForm, Beside } from "@/pages/settings/InlineForm";
import { dayEnd } from "@/pages/settings/keyStanding";
import classes from "@/pages/settings/NewKeyForm.module.css";
import { type Reach, type Reaches, RESOURCES, reachesOf, scopesOf } from "@/pages/settings/scopes";

const ENDS = [
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "", label: "Never" },
];
const WORDS: Record<Reach, string> = { none: "None", read: "Read", write: "Change" };

interface Props {
  onMade: (key: NewApiKey) => void;
  onClose: () => void;
}

export function NewKeyForm({ onMade, onClose }: Props) {
  const [name, setName] = useState("");
  const [ends, setEnds] = useState("90");
  const [extent, setExtent] = useState("some");
  const [reaches, setReaches] = useState<Reaches>({});
  const scopes = extent === "all" ? ["*"] : scopesOf(reaches);
  const make = async () => {
    const expires_at = dayEnd(ends === "" ? null : Number(ends));
    onMade(await makeApiKey({ name: name.trim(), scopes, expires_at }));
  };
  return (
    <InlineForm
      label="New API key"
      submit="Make key"
      onSubmit={make}
      onClose={onClose}
      isReady={name.trim() !== "" && scopes.length > 0}
    >
      <Beside>
        <TextInput
          label="Name"
          description="What it is for."
          placeholder="deploy script"
          maxLength={100}
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Ends"
          description="It is refused from then on."
          data={ENDS}
          value={ends}
          onChange={(value) => setEnds(value ?? "")}
          allowDeselect={false}
        />
      </Beside>
      <SegmentedControl
        className={classes.extent ?? ""}
        aria-label="What it may"
        data={[
          { value: "some", label: "Only some things" },
          { value: "all", label: "Everything I may" },
        ]}
        value={extent}
        onChange={setExtent}
      />
      {extent === "some" && <ReachTable reaches={reaches} onChange={setReaches} />}
      <p className={classes.scopes}>
        {scopes.length === 0 ? "Choose at least one thing that it may." : <>Scopes: <code>{scopes.join(" ")}</code></>}
      </p>
    </InlineForm>
  );
}

function ReachTable({ reaches, onChange }: { reaches: Reaches; onChange: (reaches: Reaches) => void }) {
  const { role } = useMe();
  return (
    <div className={classes.reaches}>
      {RESOURCES.filter((one) => reachesOf(one, role).length > 1).map((resource) => (
        <div key={resource.name} className={classes.reach}>
          <span>{resource.title}</span>
          <SegmentedControl
            size="xs"
            aria-label={resource.title}
            data={reachesOf(resource, role).map((reach) => ({ value: reach, label: WORDS[reach] }))}
            value={reaches[resource.name] ?? "none"}
            onChange={(reach) => onChange({ ...reaches, [resource.name]: reach as Reach })}
          />
        </div>
      ))}
    </div>
  );
}
