// Templates in words and in their address.
import { DIFFICULTIES, type Difficulty, type Template, type TemplateDetail, type TemplateFilter } from "@/api/templates";
import type { JsonObject, Schema } from "@/form/schema";
import { counted, share } from "@/format/number";
import { elapsed } from "@/format/time";

export const DIFFICULTY_WORDS: Record<Difficulty, string> = {
  beginner: "Beginner",
  intermediate: "Intermediate",
  advanced: "Advanced",
};

export function readTemplateFilter(query: URLSearchParams): TemplateFilter {
  const search = query.get("search")?.trim();
  const category = query.get("category");
  const difficulty = DIFFICULTIES.find((one) => one === query.get("difficulty"));
  return { ...(search ? { search } : {}), ...(category ? { category } : {}), ...(difficulty ? { difficulty } : {}) };
}

export function categoriesOf(templates: readonly Pick<Template, "category">[]): string[] {
  return [...new Set(templates.map(({ category }) => category))].toSorted();
}

type Known = Pick<Template, "statistics" | "duration_seconds" | "measured">;

/** Only what was measured, here or in simulated markets, and what its author says of the time. */
export function factsOf({ statistics, duration_seconds, measured }: Known): string[] {
  const { uses, completed, failed, success_rate, rating, ratings } = statistics;
  const facts = uses === 0 ? [] : [`used ${counted(uses, "time")}`];
  if (measured) facts.push(`${signed(measured.profit_pct)} in simulated markets`);
  if (typeof success_rate === "number") facts.push(`${share(success_rate)} of ${counted(completed + failed, "run")} succeeded`);
  if (typeof rating === "number") facts.push(`rated ${rating.toFixed(1)} by ${ratings}`);
  if (typeof duration_seconds === "number") facts.push(`takes about ${elapsed(duration_seconds * 1000)}`);
  return facts;
}

/** How a trading template was measured and what came of it, in sentences. */
export function measuredIn(measured: NonNullable<Template["measured"]>): string {
  const { begins, ends, seed, fees, runs, fills, profit_pct, max_drawdown_pct, market_pct, parameters } = measured;
  const held = typeof market_pct === "number" ? ` Just holding its first market: ${signed(market_pct)}.` : "";
  const given = Object.entries(parameters).map(([name, value]) => `, ${name} ${String(value)}`);
  return (
    `${signed(profit_pct)} on paper in simulated markets, ${begins} to ${ends} (seed ${seed}, fees ${fees}${given.join("")}), ` +
    `at most ${max_drawdown_pct.toFixed(1)} % below its highest, ${counted(fills, "fill")} in ${counted(runs, "run")}.${held} ` +
    "These markets are made for trying strategies out: no promise."
  );
}

function signed(percent: number): string {
  return `${percent > 0 ? "+" : ""}${percent.toFixed(1)} %`;
}

/** What the form begins with. */
export function defaultsOf(schema: Schema): JsonObject {
  const given = Object.entries(schema.properties ?? {}).flatMap(([name, part]) =>
    part.default === undefined ? [] : [[name, part.default] as const],
  );
  return Object.fromEntries(given);
}

/** Whether nothing has to be chosen before it can run: no credentials are to be bound. */
export function deployDirectly(template: Pick<TemplateDetail, "requirements">, missingSecrets: readonly string[]): boolean {
  return missingSecrets.length === 0 && !template.requirements.some(({ kind }) => kind === "profile");
}

export function titled(category: string): string {
  const words = category.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
