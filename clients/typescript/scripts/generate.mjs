// Writes `src/generated` from the API's document: its types, and a class for each group of operations.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const contract = new URL("../../", import.meta.url);
const target = new URL("../src/generated/", import.meta.url);
const document = JSON.parse(await readFile(new URL("openapi.json", contract), "utf8"));
const groups = JSON.parse(await readFile(new URL("methods.json", contract), "utf8"));

const camel = (text) => text.replace(/[-_](.)/g, (_, letter) => letter.toUpperCase());
const pascal = (text) => camel(`_${text}`);
const resolve = (schema) => (schema?.$ref ? document.components.schemas[schema.$ref.split("/").pop()] : schema);
/** Headers that the runtime sends by itself, or for an option. */
const OURS = new Set(["idempotency-key", "last-event-id", "if-match", "if-none-match"]);

function readMethod(call) {
  const operation = document.paths[call.path][call.method.toLowerCase()];
  const parameters = (operation.parameters ?? []).filter((one) => one.in !== "cookie" && !OURS.has(one.name.toLowerCase()));
  const named = (where) => parameters.filter((one) => one.in === where).map((one) => one.name);
  const kinds = Object.keys(operation.requestBody?.content ?? {});
  const content = operation.requestBody?.content?.["application/json"];
  const raw = kinds.length > 0 && !content ? kinds[0] : undefined;
  let body = resolve(content?.schema);
  const several = body?.anyOf?.filter((one) => one.type !== "null");
  if (several?.length === 1) body = resolve(several[0]);
  const fields = Object.keys(body?.properties ?? {});
  const query = named("query").filter((name) => call.kind !== "page" || name !== "cursor");
  if (named("header").length) throw new Error(`${call.operation}: what are ${named("header")}? Name them in OURS.`);
  const both = fields.find((name) => query.includes(name));
  if (both) throw new Error(`${call.operation}: \`${both}\` is in the query and in the body.`);
  const needs =
    parameters.some((one) => one.in === "query" && one.required) ||
    (content && operation.requestBody.required && (body?.required?.length > 0 || !body?.properties));
  const answers = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
  const json = answers.some(([, one]) => one.content?.["application/json"]);
  const empty = answers.every(([, one]) => !one.content);
  const binary = answers.some(([, one]) => one.content?.["application/octet-stream"]);
  const waits = body?.properties?.wait?.enum?.includes("stream") ?? false;
  return {
    ...call, operation, query, needs, waits, raw,
    path: named("path"), template: call.path,
    hasBody: Boolean(content), bare: Boolean(content) && !body?.properties,
    reads: json || empty ? "json" : binary ? "bytes" : "text",
  };
}

function writeDoc(text) {
  const lines = text.replaceAll("*/", "* /").trim().split("\n");
  return ["  /**", ...lines.map((line) => `   * ${line.trim()}`.trimEnd()), "   */"];
}

function writeMethod(name, method) {
  const id = JSON.stringify(method.id);
  const path = method.path.map((one) => `${camel(one)}: string`);
  if (method.raw) path.push("content: FileContent");
  const optional = method.needs ? "" : " = {}";
  const given = `given: Given<${id}>${optional}`;
  const values = `{ ${method.path.map((one) => `${JSON.stringify(one)}: ${camel(one)}`).join(", ")} }`;
  const file = method.raw ? `, content, contentType: ${JSON.stringify(method.raw)}` : "";
  const call = `{ method: "${method.method}", path: ${JSON.stringify(method.template)}, values: ${values}, query: ${JSON.stringify(method.query)}, body: ${method.hasBody}, bare: ${method.bare}, reads: "${method.reads}"${file} }`;
  const about = `${method.operation.summary}.\n${method.operation.description ?? ""}`;
  const body = {
    call: [`Promise<Answer<${id}>>`, `this.transport.send<Answer<${id}>>(${call}, given)`],
    page: [`Pages<Item<${id}>>`, `new Pages<Item<${id}>>(this.transport, ${call}, given)`],
    stream: ["Events", `new Events(this.transport, ${call}, given)`],
  }[method.kind];
  const lines = [
    ...writeDoc(about),
    `  ${name}(${[...path, given].join(", ")}): ${body[0]} {`,
    `    return ${body[1]};`,
    "  }",
  ];
  if (method.waits) {
    lines.push(
      "",
      ...writeDoc(`${method.operation.summary}, and watch it: its events, and how it ended last.`),
      `  ${name.replace("execute", "stream")}(${[...path, given].join(", ")}): Events {`,
      `    return Events.ofANewRun(this.transport, ${call}, given);`,
      "  }",
    );
  }
  return lines;
}

const lines = [
  "// Written by the build from the API's document: change that.",
  'import { Events } from "../events.js";',
  'import { Pages } from "../paging.js";',
  'import type { Transport } from "../transport.js";',
  'import type { Answer, FileContent, Given, Item } from "../types.js";',
  "",
  `export const API = ${JSON.stringify(document.servers[0].url)};`,
];
for (const [group, methods] of Object.entries(groups)) {
  lines.push("", `export class ${pascal(group)}Api {`, "  constructor(private readonly transport: Transport) {}");
  for (const [name, call] of Object.entries(methods)) {
    lines.push("", ...writeMethod(camel(name), { ...readMethod(call), id: call.operation }));
  }
  lines.push("}");
}
lines.push("", "/** What `Treadle` offers. */", "export class Operations {");
for (const group of Object.keys(groups)) lines.push(`  readonly ${camel(group)}: ${pascal(group)}Api;`);
lines.push("", "  constructor(transport: Transport) {");
for (const group of Object.keys(groups)) lines.push(`    this.${camel(group)} = new ${pascal(group)}Api(transport);`);
lines.push("  }", "}", "");

// What is refused is thrown, and looks the same everywhere.
for (const operations of Object.values(document.paths)) {
  for (const operation of Object.values(operations)) {
    operation.responses = Object.fromEntries(Object.entries(operation.responses).filter(([status]) => status < "4"));
  }
}
delete document.components.responses;
const types = astToString(await openapiTS(document, { defaultNonNullable: false }));
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await writeFile(new URL("schema.ts", target), types);
await writeFile(new URL("operations.ts", target), lines.join("\n"));
