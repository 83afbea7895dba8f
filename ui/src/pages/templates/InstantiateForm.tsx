// What a template asks, and the workflow made of the answers: to work on, or at work at once.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { deploy } from "@/api/deployments";
import { keys } from "@/api/keys";
import { toProblem } from "@/api/problem";
import { instantiate, type TemplateDetail } from "@/api/templates";
import { isNamed, NameFields, namingOf } from "@/components/NameFields";
import { tell, tellProblem } from "@/components/notices";
import { ProblemNotice } from "@/components/ProblemNotice";
import { NODE_WIDGETS } from "@/form/nodeWidgets";
import type { JsonObject, Schema } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import classes from "@/pages/templates/TemplatePage.module.css";
import { defaultsOf, deployDirectly } from "@/pages/templates/templates";

type Aim = "draft" | "deploy";

export function InstantiateForm({ template }: { template: TemplateDetail }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const schema = template.parameters as Schema;
  const [naming, setNaming] = useState(() => namingOf(template.title));
  const [parameters, setParameters] = useState<JsonObject>(() => defaultsOf(schema));
  const making = useMutation({
    mutationFn: (aim: Aim) => {
      const title = naming.title.trim() || null;
      return instantiate(template.name, { name: naming.name, title, parameters, publish: aim === "deploy" });
    },
    onSuccess: async ({ workflow, missing_secrets }, aim) => {
      await client.invalidateQueries({ queryKey: keys.workflows.all });
      void client.invalidateQueries({ queryKey: keys.templates.all });
      if (aim === "draft") {
        if (missing_secrets.length > 0) tell(`Still to be set before it runs: ${missing_secrets.join(", ")}.`);
        void navigate(`/w/${encodeURIComponent(workflow)}`);
      } else if (deployDirectly(template, missing_secrets)) await deployIt(workflow);
      // It needs credentials: they are bound where it is deployed.
      else void navigate(`/deployments?new=${encodeURIComponent(workflow)}`);
    },
  });
  const deployIt = async (workflow: string) => {
    try {
      const { name, mode } = await deploy({ workflow, name: workflow });
      await client.invalidateQueries({ queryKey: keys.deployments.all });
      tell(mode === "paper" ? `${name} is deployed on paper. To go live, edit its mode.` : `${name} is deployed.`);
      void navigate(`/deployments/${encodeURIComponent(name)}`);
    } catch (error) {
      // The workflow is made and published: what is left is to deploy it otherwise.
      tellProblem(error);
      void navigate(`/deployments?new=${encodeURIComponent(workflow)}`);
    }
  };
  const issues = making.error === null ? [] : toProblem(making.error).issues;
  const isBusy = (aim: Aim) => making.isPending && making.variables === aim;
  return (
    <form
      className={classes.form}
      // What is missing is said by the server, at each field, as everything else that is wrong.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate("deploy");
      }}
    >
      <NameFields naming={naming} onChange={setNaming} />
      <SchemaForm
        schema={schema}
        value={parameters}
        onChange={setParameters}
        issues={issues}
        path="parameters"
        widgets={NODE_WIDGETS}
      />
      {making.error !== null && <ProblemNotice error={making.error} />}
      <div className={classes.buttons}>
        <Button
          variant="default"
          disabled={!isNamed(naming) || isBusy("deploy")}
          loading={isBusy("draft")}
          onClick={() => making.mutate("draft")}
        >
          Make the workflow
        </Button>
        <Button type="submit" disabled={!isNamed(naming) || isBusy("draft")} loading={isBusy("deploy")}>
          Deploy it
        </Button>
      </div>
      <p className={classes.hint}>Made, it is a draft for you to change. Deployed, it is published and runs by itself from now on; what places orders begins on paper.</p>
    </form>
  );
}
