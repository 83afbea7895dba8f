// One node: its config, its policy, its data, what its type is for.
import { ActionIcon, Tabs, Tooltip } from "@mantine/core";
import { Play } from "lucide-react";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { Place } from "@/expression/place";
import { idOf, type NodePath } from "@/model/path";
import { nodeTitle } from "@/model/workflow";
import { ConfigTab } from "@/pages/workflow/inspector/config/ConfigTab";
import { PolicyTab } from "@/pages/workflow/inspector/config/PolicyTab";
import { DataTab } from "@/pages/workflow/inspector/data/DataTab";
import { useNodeTest } from "@/pages/workflow/inspector/data/useNodeTest";
import { DocsTab } from "@/pages/workflow/inspector/docs/DocsTab";
import classes from "@/pages/workflow/inspector/Inspector.module.css";
import { useLastValues } from "@/pages/workflow/inspector/useLastValues";
import { useNode, useNodeIssues } from "@/pages/workflow/inspector/useNode";
import { useNodePlace } from "@/pages/workflow/inspector/useNodePlace";
import { useEditor } from "@/pages/workflow/store/editorStore";

const TABS = ["config", "policy", "data", "docs"] as const;
type Tab = (typeof TABS)[number];
const TITLES: Record<Tab, string> = { config: "Config", policy: "Policy", data: "Data", docs: "Docs" };

export function NodeInspector({ path }: { path: NodePath }) {
  const node = useNode(path);
  const catalogue = useEditor((state) => state.catalogue);
  const around = useLastValues(path);
  const { items: count, item: at, setItem } = around;
  const items = useMemo(() => ({ count, at, onChange: setItem }), [count, at, setItem]);
  const place = useNodePlace(path, around.samples, items);
  const issues = useNodeIssues(path);
  const test = useNodeTest(path, around);
  const [search, setSearch] = useSearchParams();
  if (node === undefined) return null;
  const type = catalogue.find(node.type);
  const asked = search.get("inspect");
  const tab = TABS.find((one) => one === asked) ?? "config";
  const show = (next: string | null) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (next === null || next === "config") after.delete("inspect");
        else after.set("inspect", next);
        return after;
      },
      { replace: true },
    );
  const inConfig = issues.filter((one) => one.path === "" || one.path.startsWith("config")).length;
  const counts: Partial<Record<Tab, number>> = { config: inConfig, policy: issues.length - inConfig };
  const run = () => {
    show("data");
    test.run();
  };
  return (
    <Place value={place}>
      <header className={classes.head}>
        <div className={classes.names}>
          <h2 title={nodeTitle(node)}>{nodeTitle(node)}</h2>
          <p>
            {type?.title ?? node.type}
            {node.title !== undefined && ` · ${idOf(path)}`}
          </p>
        </div>
        {test.isPossible && (
          <Tooltip label={test.refusal ?? "Test this node"}>
            <ActionIcon
              variant="default"
              aria-label="Test this node"
              aria-disabled={test.refusal !== null}
              {...(test.refusal === null ? {} : { "data-disabled": true })}
              loading={test.isRunning}
              onClick={() => test.refusal === null && run()}
            >
              <Play size={15} />
            </ActionIcon>
          </Tooltip>
        )}
      </header>
      <Tabs className={classes.tabs ?? ""} value={tab} onChange={show} keepMounted={false}>
        <Tabs.List className={classes.list ?? ""}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {TITLES[one]}
              {(counts[one] ?? 0) > 0 && (
                <span className={classes.count} aria-label={`${counts[one]} to correct`}>
                  {counts[one]}
                </span>
              )}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="config" className={classes.split ?? ""}>
          <ConfigTab path={path} node={node} around={around} issues={issues} />
        </Tabs.Panel>
        <Tabs.Panel value="policy" className={classes.panel ?? ""} tabIndex={-1}>
          <PolicyTab path={path} node={node} kind={type?.kind} issues={issues} />
        </Tabs.Panel>
        <Tabs.Panel value="data" className={classes.panel ?? ""} tabIndex={-1}>
          <DataTab path={path} node={node} around={around} test={test} />
        </Tabs.Panel>
        <Tabs.Panel value="docs" className={classes.panel ?? ""} tabIndex={-1}>
          <DocsTab path={path} type={node.type} />
        </Tabs.Panel>
      </Tabs>
    </Place>
  );
}
