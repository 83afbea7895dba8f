// Writes ../../src/api/schema.ts, the types of the API, from clients/openapi.json.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../../clients/openapi.json", import.meta.url);
const target = new URL("../../src/api/schema.ts", import.meta.url);
const digest = (text) => createHash("sha256").update(text).digest("hex");

const text = await readFile(source, "utf8");
const document = JSON.parse(text);
// What is refused is one class, `ApiProblem`, wherever it comes from.
for (const operations of Object.values(document.paths)) {
  for (const operation of Object.values(operations)) {
    operation.responses = Object.fromEntries(Object.entries(operation.responses).filter(([status]) => status < "4"));
  }
}
const types = astToString(await openapiTS(document, { defaultNonNullable: false, alphabetize: false }));
// The first lines are what tests/ui/test_api_types.py compares.
const head = [
  "// Written by `npm run api` from clients/openapi.json: change that.",
  `// from ${digest(text)}`,
  `// text ${digest(types)}`,
];
await writeFile(target, `${head.join("\n")}\n${types}`);
