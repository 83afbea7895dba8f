// Amounts for people. They come as exact decimal text, and are rounded only to be shown.

const MINUS = "−";

/** `1,204.5`, `0.00012`: digits enough to tell it from nothing, and no more than one reads. */
export function amount(text: string | number): string {
  const value = Number(text);
  if (!Number.isFinite(value)) return String(text);
  const size = Math.abs(value);
  const digits = size === 0 || size >= 10 ? 2 : Math.min(12, 3 - Math.floor(Math.log10(size)));
  return new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(value).replace("-", MINUS);
}

/** With its sign: of what was gained and lost. */
export function gain(text: string | number): string {
  return Number(text) > 0 ? `+${amount(text)}` : amount(text);
}

/** `12.5 USDT`; without a currency the amount alone. */
export function inCurrency(shown: string, currency: string): string {
  return currency === "" ? shown : `${shown} ${currency}`;
}

export type Sign = "up" | "down" | "even";

export function signOf(text: string | number): Sign {
  const value = Number(text);
  return value > 0 ? "up" : value < 0 ? "down" : "even";
}
