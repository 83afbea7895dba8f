// What a template asks, and the workflow made of the answers.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { keys } from "@/api/keys";
import { toProblem } from "@/api/problem";
import { instantiate, type TemplateDetail } from "@/api/templates";
import { isNamed, NameFields, namingOf } from "@/components/NameFields";
import { tell } from "@/components/notices";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { JsonObject, Schema } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import classes from "@/pages/templates/TemplatePage.module.css";

export function InstantiateForm({ template }: { template: TemplateDetail }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const schema = template.parameters as Schema;
  const [naming, setNaming] = useState(() => namingOf(template.title));
  const [parameters, setParameters] = useState<JsonObject>(() => defaultsOf(schema));
  const making = useMutation({
    mutationFn: () => instantiate(template.name, { name: naming.name, title: naming.title.trim() || null, parameters }),
    onSuccess: async ({ workflow, missing_secrets }) => {
      await client.invalidateQueries({ queryKey: keys.workflows.all });
      void client.invalidateQueries({ queryKey: keys.templates.all });
      if (missing_secrets.length > 0) tell(`Still to be set before it runs: ${missing_secrets.join(", ")}.`);
      void navigate(`/w/${encodeURIComponent(workflow)}`);
    },
  });
  const issues = making.error === null ? [] : toProblem(making.error).issues;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <NameFields naming={naming} onChange={setNaming} />
      <SchemaForm schema={schema} value={parameters} onChange={setParameters} issues={issues} path="parameters" />
      {making.error !== null && <ProblemNotice error={making.error} />}
      <Button type="submit" disabled={!isNamed(naming)} loading={making.isPending}>
        Make the workflow
      </Button>
    </form>
  );
}

function defaultsOf(schema: Schema): JsonObject {
  const given = Object.entries(schema.properties ?? {}).flatMap(([name, part]) =>
    part.default === undefined ? [] : [[name, part.default] as const],
  );
  return Object.fromEntries(given);
}
