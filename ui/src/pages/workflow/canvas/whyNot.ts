// Why a wire may not end at a port; undefined where it may.
import { mayConnect } from "@/model/compatibility";
import { disconnect } from "@/model/operations/connect";
import { graphOf, idOf } from "@/model/path";
import { refuse, type Refusal } from "@/model/result";
import type { Workflow } from "@/model/workflow";
import type { OpenEnd } from "@/pages/workflow/canvas/drawing";
import { useEditor, type WireAt } from "@/pages/workflow/store/editorStore";

let last: { workflow: Workflow; key: string; reason: Refusal | undefined } | undefined;

/** `moving`: the connection whose end is being moved, which does not count as being there. */
export function whyNot(one: OpenEnd, other: OpenEnd, moving?: WireAt): Refusal | undefined {
  const { workflow, catalogue } = useEditor.getState();
  if (one.side === other.side) {
    return refuse(`Both are ${one.side}s.`, `Connect an output to an input.`);
  }
  const [from, to] = one.side === "output" ? [one, other] : [other, one];
  const key = JSON.stringify([from, to, moving?.graph, moving?.index]);
  if (last?.workflow === workflow && last.key === key) return last.reason;
  const reason = ask(workflow, catalogue, from, to, moving);
  last = { workflow, key, reason };
  return reason;
}

function ask(
  workflow: Workflow,
  catalogue: Parameters<typeof mayConnect>[1],
  from: OpenEnd,
  to: OpenEnd,
  moving: WireAt | undefined,
): Refusal | undefined {
  const graph = graphOf(from.node);
  if (graphOf(to.node) !== graph) {
    return refuse(
      "They stand in different containers.",
      "Inside a container, read what is outside by an expression; from outside, read the container.",
    );
  }
  const opened = moving === undefined ? undefined : disconnect(workflow, moving.graph, [moving.index]);
  const before = opened?.ok === true ? opened.value.workflow : workflow;
  const joined = mayConnect(
    before,
    catalogue,
    graph,
    { node: idOf(from.node), port: from.port },
    { node: idOf(to.node), port: to.port },
  );
  return joined.ok ? undefined : joined;
}
