import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import type { Issue } from "@/api/problem";
import type { JsonObject, Schema } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import { show } from "@/test/show";

const SCHEMA: Schema = {
  type: "object",
  required: ["url"],
  properties: {
    url: { type: "string", description: "Where to ask." },
    method: { enum: ["GET", "POST"], default: "GET" },
    headers: { anyOf: [{ type: "object", additionalProperties: { type: "string" } }, { type: "null" }] },
    retries: { anyOf: [{ type: "integer", minimum: 0 }, { type: "null" }] },
    expect: { type: "array", items: { type: "integer" } },
    token: { type: "string", format: "password" },
    follow: { type: "boolean", default: true },
  },
};

interface HeldProps {
  start: JsonObject;
  issues: Issue[];
  onChange: (value: JsonObject) => void;
}

function Held({ start, issues, onChange }: HeldProps) {
  const [value, setValue] = useState(start);
  const change = (next: JsonObject) => {
    setValue(next);
    onChange(next);
  };
  return <SchemaForm schema={SCHEMA} value={value} onChange={change} issues={issues} path="config" />;
}

function shown(start: JsonObject, issues: Issue[] = []) {
  const told = vi.fn<(value: JsonObject) => void>();
  show(<Held start={start} issues={issues} onChange={told} />);
  return { user: userEvent.setup(), value: () => told.mock.lastCall?.[0] ?? start };
}

describe("SchemaForm", () => {
  it("has a labelled field for each property, with its help", () => {
    shown({ url: "https://a.example" });

    expect(screen.getByLabelText(/^URL/)).toHaveProperty("value", "https://a.example");
    expect(screen.getByText("Where to ask.")).toBeTruthy();
    expect(screen.getByRole("switch", { name: "Follow" })).toHaveProperty("checked", true);
  });

  it("writes what is typed, and nothing for what is left empty", async () => {
    const { user, value } = shown({ url: "a" });

    await user.type(screen.getByLabelText("Retries"), "3");
    await user.type(screen.getByLabelText("Token"), "x");
    await user.clear(screen.getByLabelText("Token"));

    expect(value()).toEqual({ url: "a", retries: 3 });
  });

  it("adds, names and removes entries of a free object", async () => {
    const { user, value } = shown({ url: "a", headers: { Accept: "text/html" } });
    const headers = within(screen.getByRole("group", { name: "Headers" }));

    await user.click(headers.getByRole("button", { name: "Add" }));
    await user.clear(headers.getByLabelText("Name 2 of Headers"));
    await user.type(headers.getByLabelText("Name 2 of Headers"), "X-Key");
    await user.type(headers.getByLabelText(/Value of X-Key/), "k");
    await user.click(headers.getByRole("button", { name: "Remove Accept" }));

    expect(value()["headers"]).toEqual({ "X-Key": "k" });
  });

  it("adds, moves and removes items of a list", async () => {
    const { user, value } = shown({ url: "a", expect: [200, 404] });
    const list = within(screen.getByRole("group", { name: "Expect" }));

    await user.click(list.getByRole("button", { name: "Move 2 up" }));
    await user.click(list.getByRole("button", { name: "Add" }));
    await user.click(list.getByRole("button", { name: "Remove 2" }));

    expect(value()["expect"]).toEqual([404, 0]);
  });

  it("shows what is wrong where it is", () => {
    const issue: Issue = { code: "bad_url", message: "No host.", path: "config.url", remedy: "Add one.", severity: "error" };

    shown({ url: "http://" }, [issue]);

    expect(screen.getByLabelText(/^URL/).getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText("No host. Add one.")).toBeTruthy();
  });
});
