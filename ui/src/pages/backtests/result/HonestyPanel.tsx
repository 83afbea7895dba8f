// What to know before believing it: doubts by how much they weigh, what was looked at, and how each node was worked out.
import { Check, CircleAlert, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { Detail, Explained } from "@/api/backtestTypes";
import { Panel } from "@/components/Panel";
import { counted } from "@/format/number";
import { checksOf, type Doubt, doubtsOf, type Severity } from "@/pages/backtests/result/doubts";
import classes from "@/pages/backtests/result/HonestyPanel.module.css";

const SIGNS: Readonly<Record<Severity, { icon: LucideIcon; word: string }>> = {
  error: { icon: CircleAlert, word: "Wrong" },
  warning: { icon: TriangleAlert, word: "Doubtful" },
  info: { icon: Info, word: "To know" },
};

export function HonestyPanel({ of }: { of: Detail }) {
  const doubts = doubtsOf(of);
  const checks = checksOf(of.honesty);
  return (
    <Panel title="Before you believe it" aside={doubts.length === 0 ? undefined : counted(doubts.length, "remark")}>
      {doubts.length > 0 && (
        <ul className={classes.doubts} aria-label="Remarks">
          {doubts.map((doubt) => (
            <DoubtLine key={`${doubt.code} ${doubt.message}`} doubt={doubt} />
          ))}
        </ul>
      )}
      <dl className={classes.checks} aria-label="What was looked at">
        {checks.map(({ label, said, isGood, detail = [] }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd data-good={isGood} title={detail.join("\n") || undefined}>
              {isGood === true && <Check size={13} aria-hidden="true" />}
              {isGood === false && <CircleAlert size={13} aria-hidden="true" />}
              {said}
            </dd>
          </div>
        ))}
      </dl>
      {of.explain !== null && <Explain way={of.explain.way} nodes={of.explain.nodes} />}
    </Panel>
  );
}

function DoubtLine({ doubt: { code, message, severity } }: { doubt: Doubt }) {
  const { icon: Sign, word } = SIGNS[severity];
  return (
    <li data-severity={severity} title={code}>
      <Sign size={15} aria-label={word} />
      <span>{message.replaceAll("`", "")}</span>
    </li>
  );
}

const PARTS: Readonly<Record<string, string>> = { column: "once for all bars", stepped: "bar by bar", engine: "by the engine" };

function Explain({ way, nodes }: { way: string; nodes: readonly Explained[] }) {
  return (
    <details className={classes.explain}>
      <summary>{way === "compiled" ? "How it was worked out: compiled" : "How it was worked out: by the engine, run by run"}</summary>
      <ul aria-label="Nodes and how they were worked out">
        {nodes.map(({ node, part, why, bars }) => (
          <li key={`${node} ${part} ${why}`}>
            {node !== "" && <code>{node}</code>} {PARTS[part] ?? part}
            {bars !== null && bars !== undefined && ` (${counted(bars, "bar")})`}
            {why !== "" && <span>{why.replaceAll("`", "")}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}
