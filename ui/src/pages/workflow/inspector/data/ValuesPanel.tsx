// Under the form: what its expressions can read, with the last run's values, to be dragged or inserted.
import { TextInput, UnstyledButton } from "@mantine/core";
import { ChevronDown, ChevronUp, Search } from "lucide-react";
import { useDeferredValue, useId, useMemo, useState } from "react";
import { usePlace } from "@/expression/place";
import { writeSegment } from "@/model/expression/scan";
import type { Json } from "@/model/json";
import type { NodePath } from "@/model/path";
import { nodeTitle } from "@/model/workflow";
import { IterationStepper } from "@/pages/workflow/inspector/data/IterationStepper";
import { matching } from "@/components/values/tree";
import classes from "@/pages/workflow/inspector/data/ValuesPanel.module.css";
import { ValueTree } from "@/pages/workflow/inspector/data/ValueTree";
import look from "@/pages/workflow/inspector/Inspector.module.css";
import type { AroundNode } from "@/pages/workflow/inspector/useLastValues";
import { useIsReadOnly, useNode } from "@/pages/workflow/inspector/useNode";
import { useEditor } from "@/pages/workflow/store/editorStore";

/** On a phone the form comes first. */
function hasRoom(): boolean {
  return !window.matchMedia("(max-width: 48em)").matches;
}

interface Source {
  readonly reference: string;
  readonly name: string;
  readonly value: Json;
}

export function ValuesPanel({ path, around }: { path: NodePath; around: AroundNode }) {
  const place = usePlace();
  const node = useNode(path);
  const isReadOnly = useIsReadOnly();
  const catalogue = useEditor((state) => state.catalogue);
  const [isOpen, setOpen] = useState(hasRoom);
  const [words, setWords] = useState("");
  const wanted = useDeferredValue(words);
  const id = useId();
  const sources = useMemo(() => {
    const context = place?.contextAt("config.");
    const own = Object.entries(around.samples.roots ?? {}).flatMap(([root, value]): Source[] =>
      root === "run" || root === "params" || root === "index" || root === "items" ? [] : [{ reference: root, name: root, value }],
    );
    const nodes = (context?.nodes ?? []).flatMap((one): Source[] => {
      const ports = around.samples.nodes?.[one.id];
      if (ports === undefined) return [];
      const reference = `nodes${writeSegment(one.id, false, true)}`;
      return Object.entries(ports).map(([port, value]) => ({
        reference: `${reference}${writeSegment(port, false)}`,
        name: `${one.id}.${port}`,
        value,
      }));
    });
    return [...nodes, ...own.filter(({ value }) => !isEmpty(value))];
  }, [place, around.samples]);
  const found = sources.flatMap((one) => {
    const isNamed = one.name.toLowerCase().includes(wanted.trim().toLowerCase());
    const value = isNamed ? one.value : matching(one.value, wanted);
    return value === undefined ? [] : [{ ...one, value }];
  });
  // A node whose fields are all taken as they stand has no use for values.
  const takesSome = catalogue.find(node?.type ?? "")?.config.some(({ kind }) => kind !== "literal") === true;
  if (isReadOnly || node === undefined || !takesSome) return null;
  return (
    <section className={classes.panel} aria-label="Values to use" data-open={isOpen || undefined}>
      <div className={classes.head}>
        <UnstyledButton className={classes.toggle ?? ""} aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
          Values to use
          {isOpen ? <ChevronDown size={14} /> : <ChevronUp size={14} />}
        </UnstyledButton>
        {isOpen && <IterationStepper around={around} />}
      </div>
      {isOpen && (
        <div className={classes.body} id={id}>
          {sources.length === 0 ? (
            <p className={look.quiet}>
              Run the workflow once: what the nodes before {nodeTitle(node)} gave is here to be put into its fields.
            </p>
          ) : (
            <>
              <TextInput
                className={classes.search ?? ""}
                size="xs"
                aria-label="Search values"
                placeholder="Search, then drag or press Enter to insert"
                leftSection={<Search size={13} />}
                value={words}
                onChange={(event) => setWords(event.currentTarget.value)}
              />
              {found.map((one) => (
                <ValueTree key={one.reference} {...one} isOpenAtFirst={wanted !== ""} />
              ))}
              {found.length === 0 && <p className={look.quiet}>Nothing matches.</p>}
            </>
          )}
        </div>
      )}
    </section>
  );
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
