import { expect, it } from "vitest";
import type { Deployment } from "@/api/deployments";
import { diffAddress, followersOf, readRange, unfinishedWords, versionTitle } from "@/pages/versions/versions";

it("reads the range that an address has", () => {
  expect(readRange("3..draft")).toEqual({ before: "3", after: "draft" });
  for (const text of ["3", "3..", "..3", "1..2..3", ""]) expect(readRange(text)).toBeNull();
  expect(diffAddress("a", 1, "draft")).toBe("/w/a/diff/1..draft");
});

it("says what follows the latest version", () => {
  const of = (name: string, version: string | null, status: string) => ({ name, version, status }) as Deployment;
  const all = [of("a", null, "active"), of("b", "abc", "active"), of("c", null, "stopped"), of("d", null, "paused")];
  expect(followersOf(all).map(({ name }) => name)).toEqual(["a", "d"]);
});

it("has words for versions and their runs", () => {
  expect([versionTitle("3"), versionTitle("draft"), versionTitle("latest")]).toEqual(["Version 3", "Draft", "latest"]);
  expect(unfinishedWords({ suspended: 2, running: 0, queued: 1 })).toBe("2 waiting, 1 queued");
});
