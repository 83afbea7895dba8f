// The ports of a node, and what each is connected with.
import { UnstyledButton } from "@mantine/core";
import { ArrowLeft, ArrowRight } from "lucide-react";
import { graphAt, graphOf, nodeAt, type NodePath } from "@/model/path";
import { portsOf } from "@/model/ports";
import { typeName } from "@/model/portType";
import { resolve } from "@/model/resolve";
import { findNode, nodeTitle, type WorkflowNode } from "@/model/workflow";
import classes from "@/pages/workflow/inspector/config/Connected.module.css";
import look from "@/pages/workflow/inspector/Inspector.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";

interface End {
  id: string;
  title: string;
  port: string | undefined;
}

export function Connected({ path, node }: { path: NodePath; node: WorkflowNode }) {
  const workflow = useEditor((state) => state.workflow);
  const catalogue = useEditor((state) => state.catalogue);
  const select = useEditor((state) => state.select);
  const graph = graphAt(workflow, graphOf(path));
  if (graph === undefined) return null;
  const { inputs, outputs } = portsOf(node, catalogue);
  const wires = resolve(graph, catalogue);
  const end = (id: string, port: string | undefined): End => {
    const other = findNode(graph, id);
    return { id, title: other === undefined ? id : nodeTitle(other), port };
  };
  const into = (name: string) => wires.filter((one) => one.target === node.id && one.input === name).map((one) => end(one.source, one.output));
  const from = (name: string) => wires.filter((one) => one.source === node.id && one.output === name).map((one) => end(one.target, one.input));
  const shown = [...inputs.values()].filter(({ name }) => name !== "trigger" || into(name).length > 0);
  if (shown.length + outputs.size === 0) return null;
  const go = (id: string) => select([nodeAt(graphOf(path), id)]);
  return (
    <section className={look.part} aria-label="Connections">
      <h3>Connections</h3>
      <ul className={classes.ports}>
        {shown.map((port) => (
          <Port key={`in ${port.name}`} name={port.name} type={typeName(port.type)} isRequired={port.required} isInput ends={into(port.name)} onGo={go} />
        ))}
        {[...outputs.values()].map((port) => (
          <Port key={`out ${port.name}`} name={port.name} type={typeName(port.type)} ends={from(port.name)} onGo={go} />
        ))}
      </ul>
    </section>
  );
}

interface PortProps {
  name: string;
  type: string;
  isInput?: boolean;
  isRequired?: boolean;
  ends: readonly End[];
  onGo: (id: string) => void;
}

function Port({ name, type, isInput = false, isRequired = false, ends, onGo }: PortProps) {
  const Arrow = isInput ? ArrowLeft : ArrowRight;
  return (
    <li>
      <span className={classes.name}>{name}</span>
      <span className={classes.type}>{type}</span>
      <Arrow className={classes.arrow} size={13} aria-label={isInput ? "from" : "to"} />
      <span className={classes.ends}>
        {ends.length === 0 ? (
          <span className={classes.none} data-required={(isInput && isRequired) || undefined}>
            {isInput && isRequired ? "needs a connection" : "nothing"}
          </span>
        ) : (
          ends.map(({ id, title, port }) => (
            <UnstyledButton key={`${id}.${port}`} className={classes.end ?? ""} onClick={() => onGo(id)}>
              {title}
              {port !== undefined && port !== "output" && port !== "trigger" && <span className={classes.type}>.{port}</span>}
            </UnstyledButton>
          ))
        )}
      </span>
    </li>
  );
}
