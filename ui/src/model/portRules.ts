// Ports that depend on config, of the types that come with Treadle: at once, without asking the server.
import type { InputPort, OutputPort } from "@/model/catalogue";
import { isList, isObject, type Json, type JsonObject } from "@/model/json";
import { ANY, type PortType } from "@/model/portType";

const LABEL: PortType = { kind: "text", nullable: true };
const RESERVED = ["default", "output"];

function output(name: string, description: string, type: PortType = ANY, branch = false): OutputPort {
  return { name, type, branch, description };
}

function ifOutputs(config: JsonObject): OutputPort[] {
  const ports = [
    output("true", "`a`, when the comparison or condition holds", ANY, true),
    output("false", "`a`, when it does not", ANY, true),
  ];
  const labelled = "then" in config || "else" in config;
  return labelled ? [...ports, output("output", "The label of the way taken", LABEL)] : ports;
}

function switchOutputs(config: JsonObject): OutputPort[] {
  const cases = config["cases"];
  const written: readonly Json[] = isList(cases) ? cases : isObject(cases) ? Object.keys(cases) : [];
  const names = new Set(written.flatMap((one) => caseName(one) ?? []));
  const ports = [...names]
    .filter((name) => !RESERVED.includes(name))
    .map((name) => output(name, `The value, when it is ${name}`, ANY, true));
  ports.push(output("default", "The value, when no case fits", ANY, true));
  const labelled = isObject(cases) || (config["default"] ?? null) !== null;
  return labelled ? [...ports, output("output", "The label of the case chosen", LABEL)] : ports;
}

/** How a case is named: `true`, `5`, `blog`. Undefined for what has no such text. */
export function caseName(value: Json): string | undefined {
  return typeof value === "object" && value !== null ? undefined : String(value);
}

function parallelOutputs(config: JsonObject): OutputPort[] {
  if ((config["until"] ?? "all") === "all") {
    return [output("output", "What each branch came to, by its last node", { kind: "object" })];
  }
  return [output("output", "What the winner came to"), output("winner", "The id of the winner's last node", LABEL)];
}

export interface PortRule {
  readonly inputs?: (config: JsonObject) => readonly InputPort[];
  readonly outputs?: (config: JsonObject) => readonly OutputPort[];
}

export const PORT_RULES: Readonly<Record<string, PortRule>> = {
  "flow.if": { outputs: ifOutputs },
  "flow.switch": { outputs: switchOutputs },
  "flow.parallel": { outputs: parallelOutputs },
};
