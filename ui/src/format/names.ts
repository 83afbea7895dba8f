// What a workflow may be called.

/** A title as a name: small letters, digits and dashes. */
export function nameOf(title: string): string {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 100).replace(/-+$/, "");
}

/** Why it cannot be a name; null if it can. */
export function nameTrouble(name: string): string | null {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 100) return null;
  return "Small letters, digits and single dashes between them, as in order-desk.";
}
