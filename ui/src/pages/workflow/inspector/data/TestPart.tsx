// Test this node: what it is given, which profiles it may use, and go.
import { Button, MultiSelect, SegmentedControl, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { profilesQuery } from "@/api/credentials";
import { ProblemNotice } from "@/components/ProblemNotice";
import { listed } from "@/model/result";
import classes from "@/pages/workflow/inspector/data/TestPart.module.css";
import type { Ports } from "@/pages/workflow/inspector/data/lastValues";
import { type NodeTest, readInputs } from "@/pages/workflow/inspector/data/useNodeTest";
import look from "@/pages/workflow/inspector/Inspector.module.css";

export function TestPart({ test, inputs }: { test: NodeTest; inputs: Ports }) {
  const profiles = useQuery(profilesQuery).data ?? [];
  const { typed } = test;
  const isUnreadable = typed !== null && readInputs(typed) === undefined;
  return (
    <section className={look.part} aria-label="Test">
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label="Input of the test"
          value={typed === null ? "run" : "typed"}
          onChange={(value) => test.setTyped(value === "run" ? null : JSON.stringify(inputs, null, 2))}
          data={[
            { value: "run", label: "Last run’s input" },
            { value: "typed", label: "Typed" },
          ]}
        />
        <Button
          className={classes.go ?? ""}
          size="xs"
          leftSection={<Play size={14} />}
          loading={test.isRunning}
          disabled={test.refusal !== null}
          onClick={test.run}
        >
          Test
        </Button>
      </div>
      {typed !== null && (
        <Textarea
          className={classes.typed ?? ""}
          label="Input"
          description="A JSON object: a value for each input."
          autosize
          minRows={3}
          maxRows={12}
          spellCheck={false}
          value={typed}
          error={isUnreadable ? "This is no JSON object." : null}
          onChange={(event) => test.setTyped(event.currentTarget.value)}
        />
      )}
      {profiles.length > 0 && (
        <MultiSelect
          className={classes.typed ?? ""}
          label="Profiles"
          description="Whose secrets it may use."
          data={profiles.map(({ name }) => name)}
          value={[...test.profiles]}
          onChange={test.setProfiles}
          placeholder={test.profiles.length === 0 ? "None" : ""}
          size="xs"
          clearable
        />
      )}
      {test.refusal !== null && !isUnreadable && <p className={look.quiet}>{test.refusal}</p>}
      {test.refusal === null && test.missing.length > 0 && (
        <p className={classes.missing}>No value yet of {listed(test.missing, 3)}: run the workflow once, or pin an output.</p>
      )}
      {test.error !== null && test.error !== undefined && <ProblemNotice error={test.error} />}
    </section>
  );
}
