// What is asked for a backtest, as its form has it, and as the API takes it. What is wrong is told at its field.
import { type Detail, type Kind, requestOf, type StartBacktest, type SweepParameter, type SweepRequest } from "@/api/backtestTypes";
import type { Issue } from "@/api/problem";
import type { Json, JsonObject } from "@/form/schema";
import { isObject } from "@/form/schema";
import { parseDuration } from "@/form/duration";
import { type Parameter, readValues } from "@/pages/backtests/new/parameters";

export const ANY = "*";
export const KEPT = "kept";

export interface Row {
  readonly name: string;
  readonly text: string;
}

export interface BacktestForm {
  workflow: string;
  /** `latest`, `draft`, a digest, or `kept`: the draft as another backtest had it. */
  version: string;
  /** By symbol; `*` where there is one market. */
  sources: Readonly<Record<string, string>>;
  since: string;
  until: string;
  input: JsonObject;
  /** As they are typed; empty: as the workflow says. */
  balance: string;
  currency: string;
  /** In percent, and hundredths of it. */
  fees: string;
  slippage: string;
  isPessimistic: boolean;
  kind: Kind;
  rows: readonly Row[];
  method: NonNullable<SweepRequest["method"]>;
  count: string;
  metric: string;
  train: string;
  test: string;
  isAnchored: boolean;
  courses: string;
  drawn: "trades" | "paths";
  /** Whether other processes of the store try variants, too. */
  isSpread: boolean;
  /** What it was begun from and the form does not show. */
  rest: Partial<StartBacktest>;
}

export function newForm(workflow: string, version: string): BacktestForm {
  return {
    workflow,
    version,
    sources: {},
    since: "",
    until: "",
    input: {},
    balance: "",
    currency: "USDT",
    fees: "",
    slippage: "",
    isPessimistic: false,
    kind: "backtest",
    rows: [],
    method: "grid",
    count: "100",
    metric: "sharpe",
    train: "90d",
    test: "30d",
    isAnchored: false,
    courses: "1000",
    drawn: "trades",
    isSpread: false,
    rest: {},
  };
}

const day = (at: string | null | undefined): string => at?.slice(0, 10) ?? "";
const asText = (value: Json | undefined, factor = 1): string => (value === undefined || value === null ? "" : String(Number((Number(value) * factor).toPrecision(10))));

/** The form as it was filled in for another backtest. */
export function formFrom({ kind, workflow, ...of }: Pick<Detail, "request" | "kind" | "workflow">): BacktestForm {
  const { data = [], version, since, until, input = {}, set = {}, paper = {}, sweep, walk_forward, monte_carlo, graph, way, timeframe, spread } = requestOf(of);
  const { balance, fees, slippage, path, ...others } = paper as JsonObject;
  const [money] = isObject(balance) ? Object.entries(balance) : [];
  const isPlainFee = typeof fees === "number" || typeof fees === "string";
  const isPlainSlip = isObject(slippage) && slippage["kind"] === "fixed";
  const search = walk_forward?.sweep ?? sweep;
  const swept = (search?.parameters ?? []).map(({ name, values, low, high, step }) => ({
    name,
    text: values === undefined || values === null ? [low, high, ...(step === undefined || step === null ? [] : [step])].join(":") : values.map(String).join(", "),
  }));
  return {
    ...newForm(workflow, graph === undefined || graph === null ? (version ?? "latest") : KEPT),
    sources: Object.fromEntries(data.map(({ symbol = ANY, source }) => [symbol, source])),
    since: day(since),
    until: day(until),
    input: input as JsonObject,
    ...(money === undefined ? {} : { currency: money[0], balance: asText(money[1]) }),
    fees: isPlainFee ? asText(fees, 100) : "",
    slippage: isPlainSlip ? asText(slippage["bps"]) : "",
    isPessimistic: path === "pessimistic",
    kind,
    rows: [...Object.entries(set).map(([name, value]) => ({ name, text: String(value) })), ...swept],
    ...(search === undefined || search === null ? {} : { method: search.method ?? "grid", metric: search.metric ?? "sharpe", count: String(search.count ?? 100) }),
    ...(walk_forward ? { train: walk_forward.train, test: walk_forward.test, isAnchored: walk_forward.anchored === true } : {}),
    ...(monte_carlo ? { courses: String(monte_carlo.count ?? 1000), drawn: monte_carlo.method ?? "trades" } : {}),
    isSpread: spread === true,
    rest: {
      ...(way === undefined ? {} : { way }),
      ...(timeframe === undefined || timeframe === null ? {} : { timeframe }),
      paper: { ...others, ...(isPlainFee || fees === undefined ? {} : { fees }), ...(isPlainSlip || slippage === undefined ? {} : { slippage }) },
    },
  };
}

export type Read = { readonly ok: true; readonly body: StartBacktest; readonly variants: number } | { readonly ok: false; readonly issues: readonly Issue[] };

const DAY = /^\d{4}-\d\d-\d\d$/;
export const MOST_VARIANTS = 100_000;

/** `graph` is the draft that is to be tested; undefined: a version. */
export function readForm(form: BacktestForm, symbols: readonly string[], parameters: readonly Parameter[], graph: unknown): Read {
  const issues: Issue[] = [];
  const wrong = (path: string, message: string): void => void issues.push({ path, code: "invalid_argument", message });
  if (form.workflow === "") wrong("workflow", "Choose a workflow.");
  const data = symbols.map((symbol, at) => {
    const source = form.sources[symbol]?.trim() ?? "";
    if (source === "") wrong(`data[${at}].source`, "Choose the bars to go over.");
    return { symbol, source };
  });
  if (form.since !== "" && form.until !== "" && DAY.test(form.since) && form.until <= form.since) wrong("until", "The end is after the beginning.");
  const paper = { ...form.rest.paper } as JsonObject;
  const amount = (name: "balance" | "fees" | "slippage", most: number): number | null => {
    if (form[name].trim() === "") return null;
    const value = Number(form[name]);
    if (!Number.isFinite(value) || value < 0 || value > most) wrong(`paper.${name}`, `A number from 0 to ${most.toLocaleString()}.`);
    return value;
  };
  const [balance, fees, slippage] = [amount("balance", 1e12), amount("fees", 20), amount("slippage", 5000)];
  if (balance !== null) paper["balance"] = { [form.currency.trim() || "USDT"]: balance };
  if (fees !== null) paper["fees"] = Number((fees / 100).toPrecision(10));
  if (slippage !== null) paper["slippage"] = { kind: "fixed", bps: slippage };
  if (form.isPessimistic) paper["path"] = "pessimistic";
  const { set, inputs, swept, variants } = readRows(form, parameters, wrong);
  const searches = form.kind === "sweep" || form.kind === "walk_forward";
  if (searches && swept.length === 0) wrong("sweep.parameters", "Name at least one setting, with several values.");
  if (!searches && swept.length > 0) wrong("kind", "Several values are for a sweep or a walk-forward: choose one of them, or leave one value.");
  const isCounted = searches && form.method !== "grid";
  const count = whole(form.count, 1, MOST_VARIANTS);
  if (isCounted && count === null) wrong("sweep.count", `A whole number from 1 to ${MOST_VARIANTS.toLocaleString()}.`);
  if (searches && form.method === "grid" && variants > MOST_VARIANTS) wrong("sweep.parameters", `That is ${variants.toLocaleString()} variants: take fewer values, or draw some of them at random.`);
  const sweep: SweepRequest = { parameters: swept, method: form.method, metric: form.metric, ...(isCounted && count !== null ? { count } : {}) };
  for (const name of ["train", "test"] as const) {
    if (form.kind === "walk_forward" && parseDuration(form[name]) === undefined) wrong(`walk_forward.${name}`, "How long, as 90d or 12h.");
  }
  const courses = whole(form.courses, 1, MOST_VARIANTS);
  if (form.kind === "monte_carlo" && courses === null) wrong("monte_carlo.count", `A whole number from 1 to ${MOST_VARIANTS.toLocaleString()}.`);
  if (issues.length > 0) return { ok: false, issues };
  const { paper: _, ...rest } = form.rest;
  const input = { ...form.input, ...inputs };
  const body: StartBacktest = {
    ...rest,
    workflow: form.workflow,
    ...(graph === undefined ? (form.version === "latest" ? {} : { version: form.version }) : { graph: graph as Record<string, unknown> }),
    data,
    ...(form.since === "" ? {} : { since: `${form.since}T00:00:00Z` }),
    ...(form.until === "" ? {} : { until: `${form.until}T00:00:00Z` }),
    ...(Object.keys(input).length > 0 ? { input } : {}),
    ...(Object.keys(set).length > 0 ? { set } : {}),
    ...(Object.keys(paper).length > 0 ? { paper } : {}),
    ...(form.kind === "sweep" ? { sweep } : {}),
    ...(form.kind === "walk_forward" ? { walk_forward: { train: form.train, test: form.test, anchored: form.isAnchored, sweep } } : {}),
    ...(searches && form.isSpread ? { spread: true } : {}),
    ...(form.kind === "monte_carlo" && courses !== null ? { monte_carlo: { count: courses, method: form.drawn } } : {}),
  };
  return { ok: true, body, variants: searches ? (isCounted ? (count ?? 1) : variants) : 1 };
}

function whole(text: string, least: number, most: number): number | null {
  const value = Number(text);
  return text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most ? value : null;
}

function readRows({ rows, method }: BacktestForm, parameters: readonly Parameter[], wrong: (path: string, message: string) => void) {
  const set: JsonObject = {};
  const inputs: JsonObject = {};
  const swept: SweepParameter[] = [];
  let variants = 1;
  rows.forEach(({ name, text }, at) => {
    const parameter = parameters.find((one) => one.name === name);
    if (name === "") return wrong(`rows[${at}].name`, "Choose a setting, or remove the line.");
    if (rows.findIndex((one) => one.name === name) !== at) return wrong(`rows[${at}].name`, "It is named above already.");
    if (parameter === undefined) return wrong(`rows[${at}].name`, "The workflow has no such setting.");
    const read = readValues(text, parameter);
    if (!read.ok) return wrong(`rows[${at}].values`, read.reason);
    const [only] = read.values;
    if (read.values.length === 1 && only !== undefined) {
      if (name.startsWith("input.")) inputs[name.slice("input.".length)] = only;
      else set[name] = only;
      return undefined;
    }
    variants *= read.values.length;
    const isRange = read.range !== null && method !== "grid";
    swept.push(isRange && read.range !== null ? { name, low: read.range.low, high: read.range.high, ...(read.range.step === null ? {} : { step: read.range.step }) } : { name, values: [...read.values] });
    return undefined;
  });
  return { set, inputs, swept, variants };
}

/** What the server found, at the fields of the form: a parameter is known by its name. */
export function placed(issues: readonly Issue[], { rows }: Pick<BacktestForm, "rows">, body: StartBacktest): Issue[] {
  const swept = body.walk_forward?.sweep?.parameters ?? body.sweep?.parameters ?? [];
  const rowOf = (name: string | undefined) => rows.findIndex((row) => row.name === name);
  return issues.map((issue) => {
    const at = /^(?:walk_forward\.)?sweep\.parameters\[(\d+)\]/.exec(issue.path)?.[1];
    const named = at === undefined ? rows.find(({ name }) => name !== "" && issue.path.startsWith("set") && issue.path.includes(name))?.name : swept[Number(at)]?.name;
    const row = rowOf(named);
    if (row >= 0) return { ...issue, path: `rows[${row}].values` };
    return { ...issue, path: issue.path.replace(/^walk_forward\.sweep\./, "sweep.") };
  });
}
