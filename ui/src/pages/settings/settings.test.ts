import { describe, expect, it } from "vitest";
import { dayEnd, keyStanding } from "@/pages/settings/keyStanding";
import { detailText, filterOf, NO_FIELDS } from "@/pages/settings/auditFilter";
import { browserOf } from "@/pages/settings/browser";
import { quotasOf, quotaWords } from "@/pages/settings/quotas";
import { maySee, PARTS, partOf, whyNot } from "@/pages/settings/parts";
import { changeOf, fieldsOf, findProvider } from "@/pages/settings/providers";
import { RESOURCES, reachesOf, scopesOf } from "@/pages/settings/scopes";

describe("parts", () => {
  it("are seen by who may", () => {
    expect(PARTS.filter((part) => maySee(part, "viewer")).map((part) => part.id)).toEqual(["me", "keys"]);
    expect(PARTS.filter((part) => maySee(part, "editor")).map((part) => part.id)).toEqual(["me", "keys", "profiles", "secrets"]);
    expect(PARTS.every((part) => maySee(part, "admin"))).toBe(true);
  });
  it("say why not", () => {
    expect(whyNot("admin", "viewer")).toBe("You are a viewer; this takes an administrator.");
    expect(whyNot("operator", "viewer")).toBe("You are a viewer; this takes at least an operator.");
  });
  it("begin with oneself", () => {
    expect([partOf(undefined)?.id, partOf("audit")?.id, partOf("nothing")]).toEqual(["me", "audit", undefined]);
  });
});

describe("scopes", () => {
  const one = (name: string) => RESOURCES.find((resource) => resource.name === name) ?? RESOURCES[0];
  it("reach as far as the role", () => {
    const runs = one("runs");
    const events = one("events");
    expect(runs && reachesOf(runs, "viewer")).toEqual(["none", "read"]);
    expect(runs && reachesOf(runs, "operator")).toEqual(["none", "read", "write"]);
    expect(events && reachesOf(events, "viewer")).toEqual(["none"]);
  });
  it("are written as the API wants them", () => {
    expect(scopesOf({ tasks: "write", runs: "read", nodes: "none" })).toEqual(["runs:read", "tasks:write"]);
  });
});

describe("keys", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const key = { expires_at: null, revoked_at: null };
  it("stand as they do", () => {
    expect(keyStanding(key, now)).toBe("active");
    expect(keyStanding({ ...key, expires_at: "2026-02-01T00:00:00Z" }, now)).toBe("expired");
    expect(keyStanding({ ...key, revoked_at: "2026-02-01T00:00:00Z" }, now)).toBe("revoked");
  });
  it("end some days from now", () => {
    expect(dayEnd(30, now)).toBe("2026-03-31T12:00:00.000Z");
    expect(dayEnd(null, now)).toBeNull();
  });
});

describe("fields of a profile", () => {
  it("are those of its provider, then its own", () => {
    const http = findProvider("http");
    const fields = fieldsOf(http, ["region", "url"]);
    expect(fields.map((field) => field.name)).toEqual(["url", "token", "username", "password", "api_key", "header", "region"]);
  });
  it("change by what was written, and are removed by name", () => {
    expect(changeOf({ url: " https://x.org ", token: "" }, ["password"])).toEqual({ url: "https://x.org", password: null });
  });
});

describe("the audit log's filter", () => {
  it("leaves out what is empty, and takes whole days", () => {
    expect(filterOf(NO_FIELDS)).toEqual({});
    const filter = filterOf({ ...NO_FIELDS, actor: " ada ", outcome: "refused", from: "2026-03-01", to: "2026-03-01" });
    expect(filter).toMatchObject({ actor: "ada", outcome: "refused" });
    expect(new Date(filter.until ?? "").getTime() - new Date(filter.since ?? "").getTime()).toBe(86_400_000);
  });
  it("tells details in a line", () => {
    expect(detailText({ details: { role: "viewer", scopes: ["*"] } })).toBe('role: viewer, scopes: ["*"]');
  });
});

it("quotas are put into words, and none of one's own are null", () => {
  expect(quotaWords({ workflows: 5, runs_per_day: null })).toBe("at most 5 workflows");
  expect(quotasOf({})).toBeNull();
  expect(quotasOf({ nodes: 9 })).toEqual({ nodes: 9 });
});

it("a browser is told by its name", () => {
  expect(browserOf("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/150.0")).toBe("Firefox on Linux");
  expect([browserOf(null), browserOf("curl/8")]).toEqual(["A browser", "curl/8"]);
});
