// A node as it is looked at: what it is, how it stands, what it gave.
import { RotateCw } from "lucide-react";
import { CardHead, CardStatus } from "@/components/graph/Card";
import card from "@/components/graph/Card.module.css";
import type { Face } from "@/components/graph/faces";
import classes from "@/components/graph/NodeFace.module.css";
import { type DrawnNode, portRow } from "@/components/graph/sheet";
import { lookOf } from "@/components/status";

export function NodeFace({ drawn, face, isSelected }: { drawn: DrawnNode; face: Face | undefined; isSelected: boolean }) {
  if (drawn.kind === "note") return <div className={card.note}>{drawn.title}</div>;
  const tone = face === undefined ? undefined : lookOf(face.status).tone;
  return (
    <div
      className={`${card.card ?? ""} ${classes.face ?? ""}`}
      data-kind={drawn.kind}
      data-tone={tone}
      data-status={face?.status ?? "none"}
      data-selected={isSelected || undefined}
      aria-hidden="true"
    >
      <CardHead
        type={drawn.node.type}
        category={drawn.category}
        title={<b>{drawn.title}</b>}
        line={face?.line ?? drawn.typeTitle}
        isBad={tone === "bad"}
      >
        {face?.retries !== undefined && (
          <span className={classes.retries}>
            <RotateCw size={11} aria-hidden="true" />
            {face.retries}
          </span>
        )}
        {face?.rounds !== undefined && <span className={classes.rounds}>{face.rounds}</span>}
        {face && <CardStatus face={face} />}
      </CardHead>
      {drawn.kind === "step" && <Ports drawn={drawn} face={face} />}
      {drawn.lanes.length > 1 &&
        drawn.lanes.map((lane) => (
          <span key={lane.name} className={classes.lane} style={{ top: lane.y }}>
            {lane.name}
          </span>
        ))}
      {face?.progress !== undefined && <progress className={classes.progress} max={1} value={face.progress} />}
    </div>
  );
}

function Ports({ drawn, face }: { drawn: DrawnNode; face: Face | undefined }) {
  if (face?.text) return <p className={classes.text}>{face.text.slice(-80)}</p>;
  return (
    <svg className={classes.ports} width={drawn.width} height={drawn.height} aria-hidden="true">
      {drawn.inputs.map((name) => (
        <g key={`in ${name}`} transform={`translate(0 ${portRow(drawn, "inputs", name)})`}>
          <circle r="4" />
          <text x="12" y="4">
            {clipped(name, drawn.outputs.length > 0 ? 12 : 28)}
          </text>
        </g>
      ))}
      {drawn.outputs.map((name) => (
        <g key={`out ${name}`} transform={`translate(${drawn.width} ${portRow(drawn, "outputs", name)})`}>
          <circle r="4" data-live={face?.values?.[name] !== undefined || undefined} />
          <text x="-12" y="4" textAnchor="end">
            {clipped(name, 14)}
          </text>
        </g>
      ))}
    </svg>
  );
}

function clipped(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
