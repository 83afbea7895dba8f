// A template's graph to look at: each node with its name, as it will stand on the canvas.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { catalogueQuery } from "@/api/nodeTypes";
import { Faces } from "@/components/graph/faces";
import { GraphView } from "@/components/graph/GraphView";
import { drawSheet } from "@/components/graph/sheet";
import { load } from "@/model/document";
import type { NodePath } from "@/model/path";

/** Nothing of it has run. */
const NO_FACES = new Faces();

export default function TemplateGraph({ graph }: { graph: unknown }) {
  const { data: catalogue } = useQuery(catalogueQuery);
  const [selected, setSelected] = useState<NodePath | null>(null);
  const sheet = useMemo(() => {
    const loaded = load(graph);
    return loaded.ok && catalogue !== undefined ? drawSheet(loaded.value, catalogue) : null;
  }, [graph, catalogue]);
  if (sheet === null) return null;
  return <GraphView sheet={sheet} faces={NO_FACES} selected={selected} onSelect={setSelected} />;
}
