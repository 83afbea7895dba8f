// Which figures mean something to people: none of a year, where a test went over less than a month, or traded nothing.
import type { Figures, Summary } from "@/api/backtestTypes";

const YEARLY: ReadonlySet<string> = new Set(["cagr", "volatility", "sharpe", "sortino", "calmar"]);
export const FEWEST_DAYS = 30;
const DAY = 86_400_000;

type Told = Pick<Summary, "figures" | "begins" | "ends">;

/** Whether a good week of it would make 1,000% a year. */
export function isTooShort({ begins, ends }: Pick<Told, "begins" | "ends">): boolean {
  return begins !== null && ends !== null && Date.parse(ends) - Date.parse(begins) < FEWEST_DAYS * DAY;
}

/** As the server says of a search whose best has too few trades, or returns, to tell luck from skill by. */
const TOO_LITTLE = "too_little";

/** Those of a variant of a search over the period of `of`. */
export function worthTellingOf(figures: Figures, of: Pick<Told, "begins" | "ends">, { warnings }: { warnings: readonly { code: string }[] }): Figures {
  return warnings.some(({ code }) => code === TOO_LITTLE) ? withoutYears(figures) : worthTelling({ ...of, figures });
}

export function worthTelling(of: Told): Figures {
  return isTooShort(of) || of.figures["trades"] === 0 ? withoutYears(of.figures) : of.figures;
}

function withoutYears(figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => !YEARLY.has(name)));
}
