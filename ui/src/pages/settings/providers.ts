// What the fields of a profile mean to the providers that are known here; any other has fields of one's own naming.

export interface ProviderField {
  name: string;
  title: string;
  description?: string;
  /** Typed in the open: an address, a name. It is not shown again either. */
  isOpen?: boolean;
}

export interface Provider {
  id: string;
  title: string;
  description: string;
  fields: readonly ProviderField[];
  /** The server can ask it with the profile's credentials. */
  isTested: boolean;
}

const HTTP: Provider = {
  id: "http",
  title: "HTTP service",
  description: "An address with a bearer token, a user name and password, or a key in a header: the first that is set counts.",
  isTested: true,
  fields: [
    { name: "url", title: "Address", description: "Asked when the connection is tested.", isOpen: true },
    { name: "token", title: "Bearer token" },
    { name: "username", title: "User name", isOpen: true },
    { name: "password", title: "Password" },
    { name: "api_key", title: "API key" },
    { name: "header", title: "Header of the API key", description: "X-API-Key, unless it says otherwise.", isOpen: true },
  ],
};

/** Of the list: neither is a fault, only fields of one's own naming. */
export const OTHER: Provider = {
  id: "",
  title: "Anything else",
  description: "Fields as you name them; a workflow reads them by these names.",
  isTested: false,
  fields: [],
};

export const PROVIDERS: readonly Provider[] = [HTTP, OTHER];

export function findProvider(id: string | null | undefined): Provider {
  return PROVIDERS.find((provider) => provider.id === (id ?? "")) ?? { ...OTHER, id: id ?? "", title: id ?? "" };
}

/** The provider's fields, then those that the profile has besides. */
export function fieldsOf(provider: Provider, set: readonly string[]): ProviderField[] {
  const known = new Set(provider.fields.map((field) => field.name));
  return [...provider.fields, ...set.filter((name) => !known.has(name)).map((name) => ({ name, title: name }))];
}

/** What is sent: fields that were written, and null for those to remove. Nothing typed changes nothing. */
export function changeOf(typed: Readonly<Record<string, string>>, removed: readonly string[]): Record<string, string | null> {
  const written = Object.entries(typed)
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([name, value]) => name !== "" && value !== "");
  return { ...Object.fromEntries(written), ...Object.fromEntries(removed.map((name) => [name, null])) };
}
