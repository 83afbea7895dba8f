// Against a real server: TREADLE_URL and TREADLE_KEY say which, an empty one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Treadle, TreadleApiError, TreadleConnectionError } from "@treadle/client";

const url = process.env["TREADLE_URL"] ?? "";
const key = process.env["TREADLE_KEY"] ?? "";
const treadle = new Treadle({ url, key });

const DESK = `
name: orders
inputs: {order: string}
nodes:
  - {id: paid, type: flow.signal, config: {name: paid, key: "{{ workflow.input.order }}"}}
  - id: ship
    type: flow.approval
    config:
      title: "Ship {{ workflow.input.order }}?"
      form: {type: object, properties: {boxes: {type: integer}}, required: [boxes]}
connections:
  - {from: paid.payload, to: ship.value}
outputs: {boxes: "{{ nodes.ship.output.answer.values.boxes }}", paid: "{{ nodes.paid.output.payload.amount }}"}
`;
const double = (name: string) => ({
  name,
  inputs: { size: "number" },
  nodes: [{ id: "double", type: "data.transform", config: { transform: "workflow.input.size * 2" } }],
  outputs: "{{ nodes.double.output }}",
});

async function refused(call: Promise<unknown>): Promise<TreadleApiError> {
  const error: unknown = await call.then(() => null, (reason: unknown) => reason);
  assert.ok(error instanceof TreadleApiError, String(error));
  return error;
}

test("what is no address, and an empty key, are refused at once", () => {
  assert.throws(() => new Treadle({ url: "127.0.0.1:8765" }), /is not the address of a server/);
  assert.throws(() => new Treadle({ url: "" }), /is not the address of a server/);
  assert.throws(() => new Treadle({ url, key: " " }), /`key` is empty/);
});

test("the page about the clients has its workflow", async () => {
  const words = { id: "words", type: "data.template", config: { template: "Good morning, {{ workflow.input.who }}" } };
  const definition = { name: "greeting", inputs: { who: "string" }, nodes: [words], outputs: "{{ nodes.words.output }}" };

  assert.equal((await treadle.workflows.create({ definition, publish: true })).version, 1);
});

test("a workflow is created, published, run, and its result typed", async () => {
  await treadle.workflows.create({ definition: double("first") });
  const published = await treadle.workflows.publish("first");
  const result = await treadle.workflows.execute("first", { input: { size: 21 } });

  assert.equal(published.version, 1);
  assert.ok("output" in result);
  assert.equal(result.output, 42);
});

test("a run is watched, signalled and approved", async () => {
  await treadle.workflows.create({ text: DESK, publish: true });
  const events = treadle.workflows.stream("orders", { input: { order: "A-17" } });
  const seen: string[] = [];

  for await (const { type, path } of events) {
    seen.push(type);
    if (type === "node.waiting" && path === "paid") {
      await treadle.signals.send({ name: "paid", key: "A-17", payload: { amount: 20 } });
    }
    if (type === "node.waiting" && path === "ship") {
      assert.ok(events.runId);
      const [task] = await treadle.tasks.list({ run: events.runId }).collect(1);
      assert.ok(task);
      await treadle.tasks.complete(task.id, { approve: true, values: { boxes: 3 } });
    }
  }

  assert.ok(events.runId);
  const result = await treadle.runs.getResult(events.runId);
  assert.deepEqual("output" in result ? result.output : null, { boxes: 3, paid: 20 });
  assert.equal(seen.filter((type) => type === "node.completed").length, 2);
});

test("a deployment is made and paused", async () => {
  const every = { id: "every", type: "trigger.interval", config: { seconds: 3600 } };
  await treadle.workflows.create({ definition: { name: "bot", nodes: [every] }, publish: true });

  const deployed = await treadle.deployments.create({ workflow: "bot", name: "hourly" });
  const paused = await treadle.deployments.pause("hourly");

  assert.deepEqual([deployed.status, paused.status], ["active", "paused"]);
});

test("a list is gone through over its pages", async () => {
  await treadle.workflows.create({ definition: double("paged"), publish: true });
  for (let size = 0; size < 5; size += 1) await treadle.workflows.execute("paged", { input: { size } });
  const runs = treadle.runs.list({ workflow: "paged", limit: 2 });

  const sizes: number[] = [];
  for await (const page of runs.pages()) sizes.push(page.items.length);

  assert.deepEqual(sizes, [2, 2, 1]);
  assert.equal(new Set((await runs.collect()).map((run) => run.id)).size, 5);
});

test("what is refused says what to do", async () => {
  await treadle.workflows.create({ definition: double("spelt") });

  const error = await refused(treadle.workflows.get("splet"));

  assert.deepEqual([error.code, error.status], ["unknown_workflow", 404]);
  assert.match(error.remedy ?? "", /spelt/);
});

test("a change of what was read is refused when somebody was quicker", async () => {
  const { etag } = await treadle.workflows.create({ definition: double("edited") });
  assert.ok(etag);
  await treadle.workflows.saveDraft("edited", { definition: { ...double("edited"), title: "Twice" }, ifMatch: etag });

  const error = await refused(treadle.workflows.saveDraft("edited", { definition: double("edited"), ifMatch: etag }));

  assert.equal(error.code, "edited_meanwhile");
});

test("a change sent twice with one key is made once", async () => {
  await treadle.workflows.create({ definition: double("once"), publish: true });

  const first = await treadle.workflows.execute("once", { input: { size: 1 }, idempotencyKey: "k-1" });
  const second = await treadle.workflows.execute("once", { input: { size: 1 }, idempotencyKey: "k-1" });

  assert.equal(first.run_id, second.run_id);
});

const BARS = `time,open,high,low,close,volume
2024-01-01T00:00:00Z,100,101,99,100,5
2024-01-01T01:00:00Z,100,103,99,102,5
`;

test("bars of a file are sent and listed", async () => {
  const bytes = new TextEncoder().encode(BARS);
  await treadle.bars.upload(BARS, { name: "text.csv" });
  await treadle.bars.upload(bytes, { name: "bytes.csv", contentType: "text/csv" });
  const last = await treadle.bars.upload(new Blob([bytes]), { name: "blob.csv" });

  assert.deepEqual([last.name, last.bars, last.source], ["file:blob@1h", 2, "upload"]);
  const names = (await treadle.bars.list().collect()).map((one) => one.name);
  assert.deepEqual(names, ["file:blob@1h", "file:bytes@1h", "file:text@1h"]);
});

test("a file of bars that are wrong is refused by row", async () => {
  const error = await refused(treadle.bars.upload(BARS.replace("102", "many"), { name: "wrong.csv" }));

  assert.deepEqual([error.code, error.status], ["invalid_bars", 422]);
});

test("the API is there by its addresses too", async () => {
  const { data } = await treadle.http.GET("/info");

  assert.equal(data?.name, "treadle");
});

test("a server that is not there is told so", async () => {
  const nobody = new Treadle({ url: "http://127.0.0.1:9", retries: { most: 0 } });

  assert.ok((await refused(nobody.info.get())) instanceof TreadleConnectionError);
});

test("what was given up is not gone on with", async () => {
  const leaving = AbortSignal.abort(new Error("enough"));

  await assert.rejects(treadle.workflows.publish("nobody", { signal: leaving }), /enough|abort/i);
});

test("a name that would be another address is not sent", async () => {
  await assert.rejects(treadle.workflows.delete(".."), /names nothing/);
});

/** A client of nobody: its nth request is answered with `answer(n)`. */
function clientOf(answer: (number: number) => Response): [Treadle, Headers[]] {
  const seen: Headers[] = [];
  const answered: typeof fetch = async (input) => {
    seen.push((input as Request).headers);
    return answer(seen.length - 1);
  };
  return [new Treadle({ url: "http://nobody", key: "trk_x", fetch: answered }), seen];
}

test("a stream goes on behind the last whole event", async () => {
  const sent = (number: number, type = "text") =>
    `id: ${number}\ndata: ${JSON.stringify({ type, data: { number } })}\n\n`;
  const answers = [sent(1) + sent(2) + "id: 3\nda", "", sent(3), sent(4, "run.finished")];
  const [client, seen] = clientOf((number) => new Response(answers[number]));

  const data: unknown[] = [];
  for await (const event of client.runs.events("r1")) data.push(event.data.number);

  assert.deepEqual(data, [1, 2, 3, 4]);
  assert.deepEqual(seen.map((headers) => headers.get("last-event-id")), [null, "2", "2", "3"]);
});

test("a change is sent again under the same key", async () => {
  const busy = () => Response.json({ code: "rate_limited" }, { status: 429, headers: { "Retry-After": "0.01" } });
  const [client, seen] = clientOf((number) => (number < 2 ? busy() : new Response(null, { status: 204 })));

  await client.workflows.delete("orders");

  assert.equal(seen.length, 3);
  assert.equal(new Set(seen.map((headers) => headers.get("idempotency-key"))).size, 1);
});

test("a file is sent again as what it is and under the same key", async () => {
  const busy = () => Response.json({ code: "rate_limited" }, { status: 429, headers: { "Retry-After": "0.01" } });
  const [client, seen] = clientOf((number) => (number < 1 ? busy() : Response.json({}, { status: 201 })));
  const contentType = "application/vnd.apache.parquet";

  await client.bars.upload(new Uint8Array([80, 65, 82, 49]), { name: "btc.parquet", contentType });
  // @ts-expect-error No file of bars is that.
  await client.bars.upload("{}", { name: "btc.json", contentType: "application/json" });

  assert.deepEqual(seen.slice(0, 2).map((headers) => headers.get("content-type")), [contentType, contentType]);
  assert.equal(new Set(seen.slice(0, 2).map((headers) => headers.get("idempotency-key"))).size, 1);
});

test("a file that is no text comes as it is", async () => {
  const file = new Uint8Array([80, 65, 82, 49, 0, 255, 254]);
  const [client] = clientOf(() => new Response(file));

  const got: Uint8Array = await client.backtests.export("b1", { format: "parquet" });

  assert.deepEqual(got, file);
});
